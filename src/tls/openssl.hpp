// OpenSsl: the functions of OpenSSL 3 that are used here, looked up when the first listener asks for TLS.
//
// A service that speaks no TLS must not pay for it, and to link libssl would make each start of a process half as long
// again and map one and a half megabytes more. So only the headers are OpenSSL's at build time; load_openssl() opens
// the library in the master, before the first worker is forked. A table with the types of the headers: a function that
// is missing here is an error of the compiler. Only files of tls/ include this. Never unloaded.
#pragma once

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "orrery/result.hpp"

namespace orrery::tls {

// clang-format off
#define ORRERY_OPENSSL(X) \
  X(ASN1_STRING_get0_data) X(ASN1_STRING_length) X(GENERAL_NAMES_free) X(OPENSSL_sk_num) X(OPENSSL_sk_value) \
  X(BIO_ctrl) X(BIO_s_mem) X(SSL_get1_peer_certificate) X(X509_NAME_print_ex) X(X509_digest) \
  X(BIO_clear_flags) X(BIO_free) X(BIO_get_data) X(BIO_meth_new) X(BIO_meth_set_create) \
  X(BIO_meth_set_ctrl) X(BIO_meth_set_read) X(BIO_meth_set_write) X(BIO_new) X(BIO_new_mem_buf) X(BIO_set_data) \
  X(BIO_set_flags) X(BIO_set_init) \
  X(ERR_clear_error) X(ERR_peek_last_error) X(ERR_reason_error_string) \
  X(EVP_Digest) X(EVP_DecryptInit_ex) X(EVP_EncryptInit_ex) X(EVP_MAC_CTX_set_params) X(EVP_PKEY_free) \
  X(EVP_aes_256_cbc) X(EVP_sha256) X(OPENSSL_cleanse) \
  X(OSSL_PARAM_construct_end) X(OSSL_PARAM_construct_octet_string) X(OSSL_PARAM_construct_utf8_string) \
  X(PEM_read_bio_PrivateKey) X(PEM_read_bio_X509_AUX) X(RAND_bytes) \
  X(SSL_CIPHER_get_name) X(SSL_CTX_add_client_CA) X(SSL_CTX_ctrl) X(SSL_CTX_free) X(SSL_CTX_get_cert_store) \
  X(SSL_CTX_callback_ctrl) X(SSL_CTX_get_ex_data) X(SSL_CTX_new) X(SSL_CTX_set_alpn_select_cb) \
  X(SSL_CTX_set_cipher_list) \
  X(SSL_CTX_set_ex_data) X(SSL_CTX_set_options) X(SSL_CTX_set_session_id_context) \
  X(SSL_CTX_set_tlsext_ticket_key_evp_cb) X(SSL_CTX_set_verify) X(SSL_CTX_use_PrivateKey) \
  X(SSL_CTX_use_certificate) \
  X(SSL_do_handshake) X(SSL_free) X(SSL_get0_alpn_selected) \
  X(SSL_get_SSL_CTX) X(SSL_get_current_cipher) X(SSL_get_error) X(SSL_get_servername) X(SSL_set_SSL_CTX) \
  X(SSL_get_verify_result) X(SSL_get_version) X(SSL_new) X(SSL_read_ex) X(SSL_session_reused) \
  X(SSL_set_accept_state) X(SSL_set_bio) X(SSL_shutdown) X(SSL_write_ex) \
  X(TLS_server_method) \
  X(X509_NAME_ENTRY_get_data) X(X509_NAME_get_entry) X(X509_NAME_get_index_by_NID) X(X509_get_ext_d2i) \
  X(X509_NAME_oneline) X(X509_STORE_CTX_free) X(X509_STORE_CTX_get_error) X(X509_STORE_CTX_init) \
  X(X509_STORE_CTX_new) X(X509_STORE_add_cert) X(X509_STORE_free) X(X509_STORE_new) \
  X(X509_STORE_set_default_paths) X(X509_check_issued) X(X509_check_private_key) X(X509_cmp_time) \
  X(X509_free) X(X509_get0_notAfter) X(X509_get0_notBefore) X(X509_get_ext_by_NID) X(X509_get_issuer_name) \
  X(X509_get_subject_name) X(X509_verify_cert) X(X509_verify_cert_error_string) X(ASN1_TIME_to_tm)

// clang-format on

struct OpenSsl {
#define ORRERY_ROW(name) decltype(&::name) name;
  ORRERY_OPENSSL(ORRERY_ROW)
#undef ORRERY_ROW
  BIO_METHOD* engine_bio;  ///< see engine.cpp
};

/// Opens the library, once in a process. The error says which file is missing, and what to install.
Result<void> load_openssl();

/// The library, which load_openssl() must have opened.
const OpenSsl& openssl();

/// What OpenSSL says of its last failure in this thread: "wrong version number".
const char* last_failure();

/// The BIO by which an engine sees its bytes.
BIO_METHOD* make_engine_bio(const OpenSsl& library);

}  // namespace orrery::tls
