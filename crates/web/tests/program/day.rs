//! The commands that `docs/OPERATING.md` shows, with their output: each is run as it is printed, and its output compared.

use std::path::Path;
use std::process::Command;

use accounts::test_kit::TestClient;
use ipnet::IpNet;
use poem::http::Method;
use store::PartyStore;
use test_support::sqlite_url;

use super::process::{Running, dinnerparty};

const PAGE: &str = include_str!("../../../../docs/OPERATING.md");
const PHONE: &str = "Mozilla/5.0 (Android 16; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0";
const LAPTOP: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// The commands of a section's console blocks, each with the lines that it prints.
fn commands(section: &str) -> Vec<(&str, Vec<&str>)> {
    let (_, text) = PAGE.split_once(&format!("\n### {section}\n")).unwrap();
    let text = text.split("\n## ").next().unwrap();
    let mut commands: Vec<(&str, Vec<&str>)> = Vec::new();
    for block in text.split("```console\n").skip(1) {
        for line in block.split("```").next().unwrap().lines() {
            match line.strip_prefix("$ ") {
                Some(command) => commands.push((command, Vec::new())),
                None => commands.last_mut().unwrap().1.push(line),
            }
        }
    }
    commands
}

/// A line with what differs between runs replaced: times, networks, and the token of a link.
fn comparable(line: &str) -> String {
    let word = |word: &str| {
        let time = word.trim_end_matches(',');
        let is_time = time.len() == 20 && time.as_bytes()[10] == b'T' && time.ends_with('Z');
        match word.split_once("?token=") {
            Some((page, token)) => format!("{page} TOKEN {}", token.len()),
            None if is_time => "TIME".to_owned(),
            None if word.parse::<IpNet>().is_ok() => "NETWORK".to_owned(),
            None => word.to_owned(),
        }
    };
    line.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// Runs a line in a shell in a folder, as the operator `grace`. Returns what it prints, on both outputs.
fn run(line: &str, url: &str, current: &Path) -> Vec<String> {
    let folder = Path::new(env!("CARGO_BIN_EXE_dinnerparty")).parent().unwrap().to_owned();
    let path =
        std::env::join_paths([folder].into_iter().chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())));
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{{ {line}; }} 2>&1")]).env("PATH", path.unwrap());
    shell.env("DINNERPARTY_DATABASE", url).env("DINNERPARTY_ORIGIN", "https://dinner.example");
    shell.current_dir(current);
    let output = shell.env_remove("SUDO_USER").env("USER", "grace").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{line}: {text}");
    text.lines().map(str::to_owned).collect()
}

async fn log_in(program: &Running, name: &str, browser: &str) -> TestClient {
    let client = TestClient::at(&program.origin);
    let form = [("email", name), ("password", "marble otter seven")];
    let request = client.request(Method::POST, "/login").header("user-agent", browser).form(&form);
    let page = client.send(request.header("sec-fetch-site", "same-origin")).await;
    assert_eq!(page.status, 303, "{}", page.text);
    client
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_of_the_operating_page_print_what_it_shows() {
    let folder = tempfile::tempdir().unwrap();
    let url = sqlite_url(&folder);
    PartyStore::connect(&url).await.unwrap().accounts().close().await;
    for name in ["ada", "ben", "mallory"] {
        run(
            &format!("echo 'marble otter seven' | dinnerparty user add {name} {name}@example.com"),
            &url,
            folder.path(),
        );
    }
    let program = Running::start(&url, &[]);
    let mut clients = Vec::new();
    for (name, browser) in [("ada", PHONE), ("ada", LAPTOP), ("ben", PHONE), ("mallory", LAPTOP)] {
        clients.push(log_in(&program, name, browser).await);
    }
    let commands = commands("A day without SQL");
    assert!(commands.len() > 10, "{commands:?}");
    for (line, shown) in commands {
        let printed: Vec<_> = run(line, &url, folder.path()).iter().map(|line| comparable(line)).collect();
        assert_eq!(printed, shown.iter().map(|line| comparable(line)).collect::<Vec<_>>(), "{line}");
    }
    for client in &clients {
        assert_eq!(client.get("/host").await.path, "/login?next=%2Fhost", "each session has ended");
    }
    let ben = TestClient::at(&program.origin).log_in("ben", "gravel tulip sextant").await;
    let sentence = "Welcome back, ben. Your account stays: it won't be deleted.";
    assert!(ben.text.contains(sentence), "{}", ben.text);
    assert!(PAGE.split_whitespace().collect::<Vec<_>>().join(" ").contains(sentence), "as the page says");
    assert!(run("dinnerparty user show ben", &url, folder.path()).contains(&"deletion      no".to_owned()));
    let exported = std::fs::read_to_string(folder.path().join("ben.json")).unwrap();
    assert!(exported.contains("ben@example.com"), "{exported}");
    let check = dinnerparty().args(["check", "--database", &url]).output().unwrap();
    assert_eq!(String::from_utf8(check.stdout).unwrap(), "in order\n");
    program.stop("TERM");
}
