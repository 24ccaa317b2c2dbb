#include "planets/docs.hpp"

#include "embedded_docs.hpp"

// Assembled straight into .rodata: the files stay files, which editors and tests can read.
#define ORRERY_EMBED(symbol, file)                                      \
  asm(".pushsection .rodata\n"                                          \
      ".globl " #symbol                                                 \
      "\n"                                                              \
      ".hidden " #symbol                                                \
      "\n"                                                              \
      ".globl " #symbol                                                 \
      "_end\n"                                                          \
      ".hidden " #symbol "_end\n" #symbol                               \
      ":\n"                                                             \
      ".incbin \"" ORRERY_PLANETS_DOCS_DIR "/" file "\"\n" #symbol      \
      "_end:\n"                                                         \
      ".popsection\n");                                                 \
  extern "C" __attribute__((visibility("hidden"))) const char symbol[]; \
  extern "C" __attribute__((visibility("hidden"))) const char symbol##_end[]

ORRERY_EMBED(orrery_planets_openapi, "openapi.json");
ORRERY_EMBED(orrery_planets_docs_html, "docs.html");
ORRERY_EMBED(orrery_planets_docs_css, "docs.css");

namespace orrery::planets {

std::string_view openapi_json() noexcept { return {orrery_planets_openapi, orrery_planets_openapi_end}; }
std::string_view docs_html() noexcept { return {orrery_planets_docs_html, orrery_planets_docs_html_end}; }
std::string_view docs_css() noexcept { return {orrery_planets_docs_css, orrery_planets_docs_css_end}; }

}  // namespace orrery::planets
