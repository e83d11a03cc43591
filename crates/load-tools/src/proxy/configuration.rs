//! The printed configurations, with the ports, paths and addresses of one run in the places of the printed ones.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context as _, ensure};

use super::ProxyKind;

/// The page whose configurations are used.
const PAGE: &str = include_str!("../../../../docs/OPERATING.md");

/// What differs between a printed configuration and the one of a run.
pub(super) struct Places<'a> {
    pub(super) upstream: SocketAddr,
    pub(super) http_port: u16,
    pub(super) https_port: u16,
    pub(super) certificate: &'a Path,
    pub(super) key: &'a Path,
}

impl Places<'_> {
    /// The whole file for a proxy.
    pub(super) fn configuration(&self, kind: ProxyKind) -> anyhow::Result<String> {
        match kind {
            ProxyKind::Nginx => self.nginx(&printed(PAGE, "nginx")?),
            ProxyKind::Caddy => self.caddy(&printed(PAGE, "caddyfile")?),
        }
    }

    /// The printed text belongs into the `http` block of nginx's main file, which a package of nginx brings.
    fn nginx(&self, printed: &str) -> anyhow::Result<String> {
        let Self { upstream, http_port, https_port, certificate, key } = self;
        let site = substitute(
            printed,
            &[
                ("127.0.0.1:8000", upstream.to_string()),
                ("listen 80;", format!("listen 127.0.0.1:{http_port};")),
                ("listen [::]:80;", format!("listen [::1]:{http_port};")),
                ("listen 443 ", format!("listen 127.0.0.1:{https_port} ")),
                ("listen [::]:443 ", format!("listen [::1]:{https_port} ")),
                ("/etc/ssl/certs/dinner.example.pem", certificate.display().to_string()),
                ("/etc/ssl/private/dinner.example.key", key.display().to_string()),
            ],
        )?;
        let folders =
            ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|name| format!("{name}_temp_path {name};"));
        let main =
            "user root;\npid nginx.pid;\ndaemon off;\nworker_processes auto;\nevents { worker_connections 1024; }";
        Ok(format!("{main}\nhttp {{\naccess_log off;\n{}\n{site}\n}}\n", folders.join("\n")))
    }

    /// Caddy obtains a certificate by ACME, which a machine without a public name cannot: it gets one.
    fn caddy(&self, printed: &str) -> anyhow::Result<String> {
        let Self { upstream, http_port, https_port, certificate, key } = self;
        let ports = format!("http_port {http_port}\n\thttps_port {https_port}");
        let (certificate, key) = (certificate.display(), key.display());
        substitute(
            printed,
            &[
                ("127.0.0.1:8000", upstream.to_string()),
                ("{\n\tservers {", format!("{{\n\tadmin off\n\tdefault_bind 127.0.0.1 [::1]\n\t{ports}\n\tservers {{")),
                ("\ndinner.example {", format!("\ndinner.example {{\n\ttls {certificate} {key}")),
            ],
        )
    }
}

/// The first code block of a language.
fn printed(page: &str, language: &str) -> anyhow::Result<String> {
    let block = page.split_once(&format!("\n```{language}\n")).and_then(|(_, rest)| rest.split_once("\n```\n"));
    let (block, _) = block.with_context(|| format!("docs/OPERATING.md has no block of {language}"))?;
    Ok(format!("{block}\n"))
}

/// Replaces texts that each occur once.
fn substitute(printed: &str, replacements: &[(&str, String)]) -> anyhow::Result<String> {
    let mut text = printed.to_owned();
    for (from, to) in replacements {
        ensure!(printed.matches(from).count() == 1, "the configuration in docs/OPERATING.md has not one {from:?}");
        text = text.replacen(from, to, 1);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> Places<'static> {
        let (certificate, key) = (Path::new("/run/c.pem"), Path::new("/run/k.pem"));
        Places { upstream: ([127, 0, 0, 1], 4000).into(), http_port: 4001, https_port: 4002, certificate, key }
    }

    /// The lines of a text that another one has not.
    fn differing(printed: &str, used: &str) -> Vec<String> {
        let used: Vec<_> = used.lines().collect();
        printed.lines().filter(|line| !used.contains(line)).map(|line| line.trim().to_owned()).collect()
    }

    #[test]
    fn nginx_runs_as_printed_but_for_its_places() {
        let used = places().configuration(ProxyKind::Nginx).unwrap();
        let changed = differing(&printed(PAGE, "nginx").unwrap(), &used);
        let starts = ["server 127.0.0.1:8000;", "listen ", "listen ", "listen ", "listen ", "ssl_cert", "ssl_cert"];
        assert_eq!(changed.len(), starts.len(), "{changed:#?}");
        assert!(changed.iter().zip(starts).all(|(line, start)| line.starts_with(start)), "{changed:#?}");
    }

    #[test]
    fn caddy_runs_as_printed_but_for_its_places() {
        let used = places().configuration(ProxyKind::Caddy).unwrap();
        let changed = differing(&printed(PAGE, "caddyfile").unwrap(), &used);
        assert_eq!(changed, ["reverse_proxy 127.0.0.1:8000 {"]);
        assert!(used.contains("\tservers {\n") && used.contains("\ttls /run/c.pem /run/k.pem\n"), "{used}");
    }

    #[test]
    fn text_that_is_not_printed_once_is_an_error() {
        assert!(substitute("a a", &[("a", "b".to_owned())]).is_err());
        assert!(substitute("c", &[("a", "b".to_owned())]).is_err());
        assert!(printed("# No block", "nginx").is_err());
    }
}
