//! Whether a running server has copies of secrets in its memory: passwords after their log-ins, and the tokens of its cookies.
//!
//! ```text
//! cargo build -p web && cargo run -p load-tools --example memory_secrets -- --program target/debug/dinnerparty
//! ```
//!
//! One password is typed 21 times: at registrations, at log-ins, and at log-ins that fail. Then all connections are closed, the
//! memory is read from `/proc/PID/mem` as a debugger and gcore do, and each secret is searched for: as text, percent-encoded, and
//! a token also as bytes. Of the password its end is searched for as well, since an allocator overwrites the first bytes of what
//! is freed. Needs Linux, and the same user as the server or root.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use accounts::test_kit::{TestClient, TestResponse};
use anyhow::{Context as _, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use clap::Parser;
use load_tools::connections::count_connections;
use load_tools::memory_image::MemoryImage;
use load_tools::server::ServerProcess;
use test_support::sqlite_url;
use tokio::time::sleep;

/// Counts copies of passwords and tokens in the memory of a server
#[derive(Parser)]
struct Options {
    /// The program `dinnerparty`
    #[arg(long)]
    program: PathBuf,
    /// Fails where a copy of a password is found
    #[arg(long)]
    require_none: bool,
}

/// Has spaces and a sign, so that its form in a request differs from the password.
const PASSWORD: &str = "quagmire zephyr+walnut-Xk7bassoon tundra";
/// What is searched for beside the whole password. No other string of the program contains it.
const END: &str = "bassoon tundra";
/// The same in the body of a request.
const ENCODED: &str = "quagmire+zephyr%2Bwalnut-Xk7bassoon+tundra";
const ENCODED_END: &str = "bassoon+tundra";

/// How often the password is sent: a third at registrations (twice in one form), a third at log-ins, a third at failures.
const USES: usize = 21;
/// How long a server has to close the connections of clients that have gone.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(10);

#[tokio::main]
#[expect(clippy::print_stdout, reason = "a program that prints a table")]
async fn main() -> anyhow::Result<()> {
    let Options { program, require_none } = Options::parse();
    let folder = tempfile::tempdir()?;
    let mut server = ServerProcess::new(&program, &sqlite_url(&folder), folder.path()).with_highest_limits();
    server.start().await?;
    let (tokens, csrf_tokens) = use_password(&server).await?;
    wait_until_closed(&server).await?;
    let memory = MemoryImage::read(server.pid()?)?;

    println!("{} KiB of memory in use after {USES} uses of one password", memory.size() / 1024);
    let count = |secrets: &[&[u8]]| memory.copies(secrets).into_iter().sum::<usize>();
    let ends = count(&[END.as_bytes(), ENCODED_END.as_bytes()]);
    println!("password: {} whole copies, {ends} of its end", count(&[PASSWORD.as_bytes(), ENCODED.as_bytes()]));
    for (name, tokens) in [("session, pre-session and device tokens", &tokens), ("CSRF tokens", &csrf_tokens)] {
        let bytes: Vec<_> = tokens.iter().filter_map(|token| BASE64_URL_SAFE_NO_PAD.decode(token).ok()).collect();
        let texts = count(&tokens.iter().map(String::as_bytes).collect::<Vec<_>>());
        let bytes = count(&bytes.iter().map(Vec::as_slice).collect::<Vec<_>>());
        println!("{name}: {} sent to browsers; {texts} copies as text, {bytes} as bytes", tokens.len());
    }
    server.stop()?;
    ensure!(!require_none || ends == 0, "{ends} copies of the password are in the memory");
    Ok(())
}

/// Uses the password [`USES`] times. Returns the tokens in the cookies, and the CSRF tokens of the pages.
async fn use_password(server: &ServerProcess) -> anyhow::Result<(BTreeSet<String>, BTreeSet<String>)> {
    let (mut tokens, mut csrf_tokens) = (BTreeSet::new(), BTreeSet::new());
    let mut note = |client: &TestClient, page: &TestResponse| {
        let cookies = client.cookies();
        let values = cookies.split("; ").filter_map(|cookie| cookie.split_once('='));
        let values = values.flat_map(|(_, value)| value.split('.'));
        tokens.extend(values.filter(|value| value.len() == 43).map(ToOwned::to_owned));
        csrf_tokens.extend(page.attributes("[name=csrf_token]", "value").iter().map(|token| {
            token.split('.').next().unwrap_or_default().to_owned() // without the number of the user
        }));
    };
    for number in 0..USES / 3 {
        let (name, client) = (format!("memory-{number}"), TestClient::at(server.origin()));
        let page = client.register(&name, PASSWORD).await;
        ensure!(page.text.contains("Your account is ready"), "{name} could not register: {}", page.text);
        note(&client, &page);
        let other = TestClient::at(server.origin());
        let page = other.get("/login").await;
        note(&other, &page);
        let page = other.log_in(&name, PASSWORD).await;
        ensure!(page.text.contains("Welcome back"), "{name} could not log in: {}", page.text);
        note(&other, &page);
        let stranger = TestClient::at(server.origin());
        let page = stranger.log_in(&format!("nobody-{number}"), PASSWORD).await;
        ensure!(page.status == 422, "a log-in of nobody has status {}", page.status);
        note(&stranger, &page);
    }
    Ok((tokens, csrf_tokens))
}

/// Waits until the server has no connection of a client.
async fn wait_until_closed(server: &ServerProcess) -> anyhow::Result<()> {
    let port = server.origin().rsplit(':').next().and_then(|port| port.parse().ok()).context("an origin has a port")?;
    let closed = async {
        while count_connections(port)? > 0 {
            sleep(Duration::from_millis(50)).await;
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(CLOSE_TIMEOUT, closed)
        .await
        .context("the server keeps connections of clients that have gone")??;
    sleep(Duration::from_millis(500)).await; // the tasks of the connections end
    Ok(())
}
