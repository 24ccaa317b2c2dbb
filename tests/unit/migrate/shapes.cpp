// Eight deployments of different kinds, as people have them: each is migrated, and what comes out is read as a settings
// file of this build.
#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "config/expansion.hpp"
#include "config/load.hpp"
#include "migrate/command.hpp"
#include "migrate/report.hpp"
#include "migrate/translation.hpp"
#include "unit/config/workshop.hpp"
#include "unit/migrate/workshop.hpp"

namespace orrery::migrate {
namespace {

using config::TemporaryFolder;

struct Shape {
  const char* name;
  std::vector<std::pair<const char*, const char*>> files;
  std::vector<const char*> lines;        ///< whole lines of the settings file
  std::vector<const char*> left;         ///< parts of what is left for a hand, one of each
  config::Environment environment = {};  ///< with which the file is read again
};

const Shape kProcfile{
    "a Procfile with gunicorn.conf.py beside it",
    {{"Procfile", "release: ./manage.py migrate --no-input\nweb: gunicorn --config gunicorn.conf.py shop.wsgi\n"},
     {"gunicorn.conf.py",
      "# Settings for the platform.\nimport multiprocessing\nimport os\n\n"
      "bind = [f\"[::]:{os.environ.get('PORT', '5006')}\"]\npreload_app = True\nreuse_port = True\n"
      "max_requests = 1000\nmax_requests_jitter = 50\nlog_file = \"-\"\n"
      "workers = int(os.environ.get(\"WEB_CONCURRENCY\", multiprocessing.cpu_count() * 2))\n"
      "if os.environ.get('IS_DEV'):\n    reload = True\n"}},
    {"bind: \"[::]:${PORT:-5006}\"", "max_requests: 1000", "max_requests_jitter: 50", "worker_class: sync"},
    {"`reload = True` stands inside `if`", "`workers` is computed"},
    {{"PORT", "5100"}}};

const Shape kDockerfile{
    "a Dockerfile with gevent",
    {{"Dockerfile",
      "FROM debian:12 AS build\nRUN make\nFROM debian:12\nENV LC_ALL=C.UTF-8 \\\n    LANG=C.UTF-8\nADD . /app\nEXPOSE "
      "80\n"
      "CMD [\"gunicorn\", \"-b\", \"0.0.0.0:80\", \"shop:app\", \"-k\", \"gevent\", \"--worker-tmp-dir\", "
      "\"/dev/shm\"]\n"}},
    {"bind: 0.0.0.0:80", "worker_class: threads",
     "# `gevent` is Python's. Handlers that block need `threads`; handlers that never do may have `async`."},
    {}};

const Shape kUnits{
    "a systemd service and its socket",
    {{"shop.service",
      "[Unit]\nDescription=shop\nRequires=shop.socket\nAfter=network.target\n\n[Service]\nType=notify\nUser=shop\n"
      "RuntimeDirectory=shop\nWorkingDirectory=/srv/shop\nEnvironment=\"SETTINGS=/etc/shop/settings.py\"\n"
      "ExecStart=/srv/shop/bin/gunicorn shop.wsgi:application \\\n          --bind 'unix:/run/shop/http.sock' \\\n"
      "          --workers 2 --timeout 90 --access-logfile - \\\n          --name shop-api\n"
      "ExecReload=/bin/kill -s HUP $MAINPID\nKillMode=mixed\nTimeoutStopSec=5\nPrivateTmp=true\n"},
     {"shop.socket",
      "[Unit]\nDescription=shop "
      "socket\n[Socket]\nListenStream=/run/shop/http.sock\nSocketUser=www-data\nSocketMode=600\n"
      "[Install]\nWantedBy=sockets.target\n"}},
    {"bind: unix:/run/shop/http.sock", "workers: 2", "timeout: 90", "request_deadline: 90", "accesslog: \"-\"",
     "proc_name: shop-api"},
    {"TimeoutStopSec is 5 s"}};

const Shape kSupervisor{
    "supervisord with two programs",
    {{"supervisor.conf",
      "[program:shop-web]\ncommand=/srv/shop/env/bin/gunicorn -b 127.0.0.1:8000 -w 17 --max-requests 5000 "
      "--max-requests-jitter 500 -t 120 shop.app:application --preload\npriority=4\nautostart=true\nuser=shop\n"
      "directory=/srv/shop/sites\n\n[program:shop-worker]\ncommand=/srv/shop/bin/worker --queue long\n\n"
      "[group:shop]\nprograms=shop-web,shop-worker\n"}},
    {"bind: 127.0.0.1:8000", "workers: 17", "max_requests: 5000", "timeout: 120", "request_deadline: 120"},
    {}};

const Shape kCompose{
    "docker compose",
    {{"docker-compose.prod.yml",
      "version: '3.8'\nservices:\n  web:\n    build:\n      context: ./app\n"
      "    command: gunicorn shop.wsgi:application --bind 0.0.0.0:8000\n    volumes:\n      - static:/home/app/static\n"
      "    expose: [8000]\n    env_file:\n      - ./.env.prod\n    depends_on: [db]\n  db:\n    image: postgres:15\n"
      "volumes:\n  static:\n"}},
    {"bind: 0.0.0.0:8000", "workers: \"${WEB_CONCURRENCY:-1}\""},
    {},
    {{"WEB_CONCURRENCY", "3"}}};

const Shape kKubernetes{
    "a Deployment of Kubernetes",
    {{"shop.yaml",
      "apiVersion: v1\nkind: Service\nmetadata: {name: shop}\nspec:\n  ports: [{port: 8080}]\n---\n"
      "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: shop\nspec:\n  template:\n    spec:\n"
      "      terminationGracePeriodSeconds: 5\n      containers:\n        - name: shop\n          image: shop:1\n"
      "          command: [\"gunicorn\"]\n          args:\n            - --bind=:$(PORT)\n            - --threads\n"
      "            - '4'\n            - --log-config\n            - /logging.conf\n            - --log-level=info\n"
      "            - shop:create_app()\n          env:\n            - name: PORT\n              value: '8080'\n"
      "          readinessProbe:\n            httpGet: {path: /ready, port: 8080}\n"}},
    {"bind: \":${PORT}\"", "worker_class: threads", "threads: 4", "loglevel: info"},
    {"terminationGracePeriodSeconds is 5 s", "`logconfig` (not offered) is a file for Python's loggers"},
    {{"PORT", "8080"}}};

const Shape kAnsible{
    "an Ansible role's template of a start script",
    {{"gunicorn_start.j2",
      "#!/bin/sh\n\nNAME=\"{{ application_name }}\"\nSOCKFILE=/run/shop/gunicorn.sock\nNUM_WORKERS=3\n\n"
      "echo \"Starting $NAME\"\ncd /srv/shop\n. /srv/shop/bin/activate\n\n# Programs of this kind stay in front.\n"
      "exec gunicorn \\\n    --name shop \\\n    --workers $NUM_WORKERS \\\n    --max-requests {{ max_requests }} \\\n"
      "    --timeout 30 \\\n    --user www-data --group www-data \\\n    --log-level debug \\\n"
      "    --bind unix:$SOCKFILE \\\n    shop.wsgi:application\n"}},
    {"bind: unix:/run/shop/gunicorn.sock", "workers: 3", "# max_requests: \"{{ max_requests }}\"", "umask: 000",
     "user: www-data", "loglevel: debug"},
    {"`max_requests` is computed (`{{ max_requests }}`); write its value"}};

const Shape kHooks{
    "a conf.py with hooks",
    {{"gunicorn.config.py",
      "#!/usr/bin/env python3\nimport logging\nimport os\nimport ssl\n\nloglevel = 'warn'\nworker_class = 'gthread'\n"
      "threads = 8\nkeepalive = 60\ntimeout = 90\ngraceful_timeout = 120\nraw_env = ['SITE=shop', '']\n"
      "forwarded_allow_ips = '10.0.0.0/8,192.168.0.1'\n"
      "secure_scheme_headers = {\n    'X-FORWARDED-PROTO': 'https',\n}\numask = 0o027\n"
      "statsd_host = None\nlogconfig_dict = {'version': 1, 'handlers': {}}\n\n"
      "def on_starting(server):\n    logging.info('starting')\n\n"
      "def when_ready(server):\n    open('/tmp/app-initialized', 'w').close()\n\n"
      "def worker_exit(server, worker):\n    from prometheus_client import multiprocess\n"
      "    multiprocess.mark_process_dead(worker.pid)\n"}},
    {"worker_class: threads", "threads: 8", "keepalive: 60", "timeout: 90", "graceful_timeout: 120",
     "raw_env: SITE=shop", "  - 10.0.0.0/8", "  - 192.168.0.1", "secure_scheme_headers: X-FORWARDED-PROTO=https",
     "umask: 027", "loglevel: warning"},
    {"`on_starting` (here in another way) is a hook in Python; here it is a command",
     "`when_ready` (here in another way) is a hook in Python",
     "`worker_exit` (here in another way) is a hook in Python",
     "`logconfig_dict` (Python's) is a dictionary for Python's loggers"}};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

/// What the settings file that was written has against this machine: its users may be others.
std::vector<std::string> complaints_of(const std::string& file, const config::Environment& environment) {
  std::vector<std::string> complaints;
  for (const auto& complaint : config::load_arguments({"-c", file}, environment).complaints) {
    const bool machine = complaint.message.starts_with("user: ") || complaint.message.starts_with("group: ");
    if (!machine) complaints.push_back(complaint.where + ": " + complaint.message);
  }
  return complaints;
}

TEST_CASE("shapes: eight deployments become settings files that this build reads") {
  for (const Shape* shape :
       {&kProcfile, &kDockerfile, &kUnits, &kSupervisor, &kCompose, &kKubernetes, &kAnsible, &kHooks}) {
    INFO(shape->name);
    const TemporaryFolder folder;
    std::vector<std::string> operands;
    for (const auto& [name, text] : shape->files) operands.push_back(folder.write(name, text));
    Findings findings;
    REQUIRE(read_operands(operands, findings));
    const Migration migration = translate(findings);
    const std::string text = render(migration, findings, "orrery");
    INFO(text);
    const auto lines = lines_of(text);
    for (const char* line : shape->lines) {
      INFO(line);
      CHECK(std::ranges::count(lines, line) == 1);
    }
    CHECK(migration.left.size() == shape->left.size());
    for (const char* part : shape->left) CHECK_THAT(remarks_as_text(migration.left), Catch::Contains(part));
    CHECK(complaints_of(folder.write("orrery.yaml", text), shape->environment) == std::vector<std::string>{});
  }
}

TEST_CASE("shapes: a command line as one word, as several, and what is neither") {
  const std::vector<std::vector<std::string>> good{{"gunicorn -w 4 -b :80 a:b"},
                                                   {"gunicorn", "-w", "4", "-b", ":80", "a:b"},
                                                   {"--", "gunicorn", "-w", "4", "-b", ":80", "a:b"},
                                                   {"-w", "4", "-b", ":80", "a:b"},
                                                   {"-w 4 -b :80 a:b"}};
  for (const auto& operands : good) {
    INFO(operands.front());
    Findings findings;
    REQUIRE(read_operands(operands, findings));
    CHECK(said_as_text(findings) == "workers=4 bind=:80");
  }
  const std::vector<std::vector<std::string>> bad{
      {}, {"no-such-file.py"}, {"no-such-file.py", "other"}, {"/"}, {"python manage.py"}};
  for (const auto& operands : bad) {
    Findings findings;
    CHECK_FALSE(read_operands(operands, findings));
  }
}

}  // namespace
}  // namespace orrery::migrate
