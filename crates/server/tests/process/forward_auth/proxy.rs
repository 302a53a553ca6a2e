//! The proxies: the files of the page, with this test's ports and certificate in place of the page's, and
//! a static site that tells what it was told of the client.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::browser::Browser;
use crate::support::Place;

/// The files that the page shows.
pub const SNIPPETS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../docs/how-to/forward-auth"
);

/// Longer than any start takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// Whose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Nginx,
    Caddy,
}

impl Kind {
    /// Where it is: as its variable says, else where `cargo xtask test` puts it.
    pub fn program(self) -> Option<PathBuf> {
        let (variable, path) = match self {
            Self::Nginx => ("COUNTERSIGN_NGINX", "usr/sbin/nginx"),
            Self::Caddy => ("COUNTERSIGN_CADDY", "usr/bin/caddy"),
        };
        if let Some(named) = env::var_os(variable) {
            return Some(named.into());
        }
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"),
            PathBuf::from,
        );
        let ours = target.join("tools/proxies").join(path);
        ours.is_file().then_some(ours)
    }
}

/// A running one. It ends with the test.
pub struct Proxy {
    child: Child,
    port: u16,
}

impl Proxy {
    /// Before a server at this port.
    pub fn start(kind: Kind, program: &Path, place: &Place, server: u16) -> Self {
        let (port, site) = (free_port(), free_port());
        let snippet = match kind {
            Kind::Nginx => "nginx.conf",
            Kind::Caddy => "Caddyfile",
        };
        let snippet = fs::read_to_string(format!("{SNIPPETS}/{snippet}")).unwrap();
        let snippet = snippet
            .replace("127.0.0.1:8080", &format!("127.0.0.1:{server}"))
            .replace("127.0.0.1:3000", &format!("127.0.0.1:{site}"));
        let mut command = match kind {
            Kind::Nginx => nginx(program, place, &snippet, (port, site)),
            Kind::Caddy => caddy(program, place, &snippet, (port, site)),
        };
        let log = fs::File::create(place.path("proxy.out")).unwrap();
        let child = command
            .current_dir(place.path(""))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut proxy = Self { child, port };
        proxy.wait(place, || TcpStream::connect(("127.0.0.1", site)).is_ok());
        let browser = Browser::new(place, port);
        for host in ["https://auth.example.com/", "https://app.example.com/"] {
            proxy.wait(place, || browser.reaches(host));
        }
        proxy
    }

    fn wait(&mut self, place: &Place, ready: impl Fn() -> bool) {
        let began = Instant::now();
        while !ready() {
            let ended = self.child.try_wait().unwrap().is_some();
            let said = fs::read_to_string(place.path("proxy.out")).unwrap();
            assert!(!ended && began.elapsed() < PATIENCE, "no proxy: {said}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Where it serves both hosts.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nobody has at this moment.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn nginx(program: &Path, place: &Place, snippet: &str, (port, site): (u16, u16)) -> Command {
    certificate(place);
    let folder = place.path("");
    let folder = folder.to_str().unwrap().trim_end_matches('/');
    let snippet = snippet
        .replace("listen 443 ssl;", &format!("listen 127.0.0.1:{port} ssl;"))
        .replace("/etc/ssl/example.com", &format!("{folder}/example.com"));
    let mut temporary = String::new();
    for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        writeln!(temporary, "{kind}_temp_path {folder}/{kind};").unwrap();
    }
    let configuration = format!(
        "daemon off;\nmaster_process off;\npid {folder}/nginx.pid;\nerror_log stderr;\nevents {{}}\n\
         http {{\naccess_log off;\ndefault_type text/html;\n{temporary}{snippet}\n\
         server {{\nlisten 127.0.0.1:{site};\naccess_log {folder}/site.log;\nroot {folder}/site;\n\
         add_header Seen-User $http_remote_user;\nadd_header Seen-Groups $http_remote_groups;\n\
         add_header Seen-Email $http_remote_email;\nadd_header Seen-Acr $http_remote_acr;\n\
         add_header Seen-Assertion $http_remote_assertion;\n}}\n}}\n"
    );
    let file = place.path("nginx.conf");
    fs::write(&file, configuration).unwrap();
    let mut command = Command::new(program);
    command
        .env_clear()
        .args(["-p", folder, "-e", "stderr", "-c"])
        .arg(file);
    command
}

fn caddy(program: &Path, place: &Place, snippet: &str, (port, site): (u16, u16)) -> Command {
    let configuration = format!(
        "{{\n\tadmin off\n\tlocal_certs\n\tskip_install_trust\n\tauto_https disable_redirects\n\
         \thttps_port {port}\n\tdefault_bind 127.0.0.1\n}}\n\n{snippet}\n\
         http://:{site} {{\n\troot * site\n\tlog {{\n\t\toutput file site.log\n\t}}\n\
         \theader Seen-User {{header.Remote-User}}\n\theader Seen-Groups {{header.Remote-Groups}}\n\
         \theader Seen-Email {{header.Remote-Email}}\n\theader Seen-Acr {{header.Remote-Acr}}\n\
         \theader Seen-Assertion {{header.Remote-Assertion}}\n\theader Seen-Odd {{header.Remote_User}}\n\
         \tfile_server\n}}\n"
    );
    fs::write(place.path("Caddyfile"), configuration).unwrap();
    let mut command = Command::new(program);
    command.env_clear().env("HOME", place.path("")).args([
        "run",
        "--config",
        "Caddyfile",
        "--adapter",
        "caddyfile",
    ]);
    command
}

/// A certificate that nobody trusts.
fn certificate(place: &Place) {
    let made = place
        .command("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
        ])
        .args(["-nodes", "-days", "2", "-subj", "/CN=example.com"])
        .args(["-keyout", "example.com.key", "-out", "example.com.pem"])
        .output()
        .unwrap();
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
}
