//! The browser: its settings take effect, it reports overflow, focus and console errors, a failed test leaves a
//! picture, and a killed process leaves no browser behind.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]
#![allow(clippy::print_stdout, reason = "a child process reports to its parent")]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use test_support::browser::{Browser, Key, Media, Person, Scripts};

/// The address of a page with that body. It needs no server.
fn page(body: &str) -> String {
    format!("data:text/html;base64,{}", STANDARD.encode(format!("<!doctype html><title>A page</title>{body}")))
}

async fn person(body: &str) -> Person {
    let person = Person::arrives("ada", Scripts::On).await;
    person.opens(&page(body)).await;
    person
}

const SCRIPTED: &str = "<noscript>Without.</noscript><script>document.write('With.')</script>
    <button onclick='document.body.append(\"Pressed.\")'>Press</button>";

#[tokio::test]
async fn scripts_run_when_on() {
    let ada = person(SCRIPTED).await;
    ada.presses("Press").await;
    ada.sees("With.").await;
    ada.sees("Pressed.").await;
}

#[tokio::test]
async fn scripts_do_not_run_when_off() {
    let ada = Person::arrives("ada", Scripts::Off).await;
    ada.opens(&page(SCRIPTED)).await;
    ada.presses("Press").await;
    assert_eq!(ada.reads().await, "Without. Press");
}

#[tokio::test]
async fn viewport_and_media_settings_take_effect() {
    let browser = Browser::open("ada", Scripts::On).await.unwrap();
    let all = Media { dark: true, reduced_motion: true, forced_colors: true };
    let script = "return [innerWidth, ...['(prefers-color-scheme: dark)', '(prefers-reduced-motion: reduce)',
        '(forced-colors: active)'].map(query => matchMedia(query).matches)]";

    browser.set_viewport(320, 600).await.unwrap();
    browser.set_media(all).await.unwrap();
    browser.goto(&page("Hello")).await.unwrap();
    assert_eq!(browser.evaluate(script, Vec::new()).await.unwrap(), json!([320, true, true, true]));

    browser.set_media(Media::default()).await.unwrap();
    assert_eq!(browser.evaluate(script, Vec::new()).await.unwrap(), json!([320, false, false, false]));
}

#[tokio::test]
async fn picture_shows_whole_page() {
    let browser = Browser::open("ada", Scripts::On).await.unwrap();
    browser.set_viewport(400, 300).await.unwrap();
    browser.goto(&page("<body style='margin:0'><div style='height:2000px'>tall</div>")).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new/page.png");

    browser.screenshot(&file).await.unwrap();

    let png = fs::read(file).unwrap();
    let size = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    assert_eq!((&png[1..4], size(16), size(20)), (b"PNG".as_slice(), 400, 2000));
}

#[tokio::test]
async fn overflow_names_element_past_the_edge() {
    let ada = person("<p>fine</p><div style='overflow:auto'><p style='width:2000px'>scrolls by itself</p></div>").await;
    assert_eq!(ada.overflow().await, [] as [&str; 0]);

    ada.opens(&page("<section><p id=wide style='width:2000px'>wide</p></section>")).await;

    let overflow = ada.overflow().await;
    assert!(overflow.len() == 2 && overflow[1].contains("id=\"wide\""), "{overflow:?}");
}

#[tokio::test]
async fn focus_without_outline_is_reported() {
    let hidden = "<style>.hidden { outline: none } .clear { outline: 2px solid transparent }</style>";
    let ada = person(&format!(
        "{hidden}<button>One</button><a href=#>Two</a><label>Three<input class=hidden></label>
        <button class=clear>Four</button>"
    ))
    .await;
    let mut found = Vec::new();
    for _ in 0..4 {
        ada.hits(Key::Tab).await;
        let focus = ada.focus().await;
        found.push(format!("{} {} {}", focus.tag, focus.name, focus.is_visible));
    }
    assert_eq!(found, ["button One true", "a Two true", "input Three false", "button Four false"]);
}

#[tokio::test]
async fn console_errors_include_policy_violations_and_exceptions() {
    let ada = person("<script>console.log('chatter')</script><p style='color:red'>fine without a policy</p>").await;
    assert_eq!(ada.browser().console_errors().await.unwrap(), [] as [&str; 0]);

    let policy = "<meta http-equiv=Content-Security-Policy content=\"style-src 'self'\">";
    ada.opens(&page(&format!("{policy}<p style='color:red'>red</p><script>missing()</script>"))).await;

    let errors = ada.browser().console_errors().await.unwrap();
    assert!(errors.iter().any(|line| line.contains("Content Security Policy")), "{errors:?}");
    assert!(errors.iter().any(|line| line.contains("missing is not defined")), "{errors:?}");
}

/// Runs a test of this file again in a child process, which finds the variable set.
fn in_child(test: &str) -> Command {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", test, "--nocapture"]).env(IS_CHILD, "1").stdout(Stdio::piped()).stderr(Stdio::piped());
    child
}

const IS_CHILD: &str = "TEST_SUPPORT_IS_CHILD";

#[tokio::test]
async fn failed_test_saves_picture_and_source() {
    if std::env::var_os(IS_CHILD).is_some() {
        let ada = person("<p>This went wrong</p>").await;
        assert_eq!(ada.reads().await, "This went well");
    }
    let ended = in_child("failed_test_saves_picture_and_source").output().unwrap();
    let stderr = String::from_utf8_lossy(&ended.stderr);
    let files = stderr.lines().find_map(|line| line.split_once(": see ")).unwrap().1;
    let (picture, source) = files.split_once(" and ").unwrap();

    assert!(!ended.status.success());
    let folder = "browser-failures/failed_test_saves_picture_and_source/ada.";
    assert!(picture.contains(folder) && source.contains(folder), "{files}");
    assert!(fs::read(picture).unwrap().starts_with(b"\x89PNG"));
    assert!(fs::read_to_string(source).unwrap().contains("This went wrong"));
    fs::remove_dir_all(std::path::Path::new(picture).parent().unwrap()).unwrap();
}

#[tokio::test]
async fn killed_process_leaves_no_browser() {
    const PREFIX: &str = "profile: ";
    if std::env::var_os(IS_CHILD).is_some() {
        let browser = Browser::open("ada", Scripts::On).await.unwrap();
        let session = browser.driver().capabilities();
        println!("\n{PREFIX}{}", session.get("chrome").unwrap()["userDataDir"].as_str().unwrap());
        std::thread::sleep(Duration::from_mins(1));
        return;
    }
    let mut child = in_child("killed_process_leaves_no_browser").spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let profile = lines.find_map(|line| line.strip_prefix(PREFIX).map(str::to_owned)).unwrap();
    let folder = std::path::Path::new(&profile).parent().unwrap();
    assert!(folder.file_name().unwrap().to_str().unwrap().starts_with("test-browser."), "{profile}");
    assert!(running_with(&profile) > 0);

    child.kill().unwrap(); // SIGKILL
    child.wait().unwrap();

    let deadline = Instant::now() + Duration::from_secs(20);
    while (folder.exists() || running_with(&profile) > 0) && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(running_with(&profile), 0, "the browser still runs");
    assert!(!folder.exists(), "{} is still there", folder.display());
}

/// How many processes run with that profile. Read from Linux's `/proc`, since a small system has no `ps`, or else by
/// `ps`.
fn running_with(profile: &str) -> usize {
    let is_one = |line: &[u8]| String::from_utf8_lossy(line).contains(profile);
    if fs::exists("/proc/self/cmdline").unwrap() {
        let lines =
            fs::read_dir("/proc").unwrap().filter_map(|entry| fs::read(entry.ok()?.path().join("cmdline")).ok());
        return lines.filter(|line| is_one(line)).count();
    }
    let all = Command::new("ps").args(["-eo", "args"]).output().unwrap();
    all.stdout.split(|byte| *byte == b'\n').filter(|line| is_one(line)).count()
}
