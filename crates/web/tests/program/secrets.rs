//! No secret that a browser was handed or has typed is in a dump of the database, or in the log at its finest level.
//!
//! The link of an invitation is the exception: the database has it, since its host is shown it again.

use std::collections::BTreeSet;
use std::fs;

use accounts::SessionToken;
use accounts::test_kit::{TestClient, TestResponse};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use memchr::memmem;
use poem::http::Method;
use test_support::Postgres;

use super::databases;
use super::process::{Running, dinnerparty};
use crate::common::host_form;

const ADA: &str = "walnut zephyr quartz";
const BEN: &str = "gravel tulip sextant";
/// Of Ada, after a change of the password.
const CHANGED: &str = "velvet canyon drum";
/// Of Ben, after a reset link.
const RESET: &str = "pebble saffron violin";
const MISTYPED: &str = "walnut zephyr quarry";
/// Of the first user of `tests/moving/flask_users.csv`.
const IMPORTED: &str = "marble otter 0";

/// A cookie's value or a part of it is a secret from this length on: a shorter one is the number of a flash message.
const SHORTEST_SECRET: usize = 22;

/// The hidden fields that are no secrets: where a form leads, and the key by which a form that is sent twice acts once.
const PUBLIC_FIELDS: [&str; 3] = ["next", "back", "once"];

/// The secrets of all browsers of a test.
#[derive(Default)]
struct Secrets {
    texts: BTreeSet<String>,
    sessions: BTreeSet<String>,
}

impl Secrets {
    /// Notes what a response hands to a browser: cookies and hidden fields, such as CSRF tokens, the token of a reset link, and forms
    /// that wait for a log-in.
    fn note(&mut self, page: &TestResponse) {
        for line in page.headers.get_all("set-cookie") {
            let (name, value) = line.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.add(value);
            value.split('.').for_each(|part| self.add(part));
            if name.starts_with("session") && !value.is_empty() {
                self.sessions.insert(value.to_owned());
            }
        }
        let [names, values] = ["name", "value"].map(|part| page.attributes("input[type=hidden]", part));
        assert_eq!(names.len(), values.len(), "{}", page.html);
        for (name, value) in names.iter().zip(&values).filter(|(name, _)| !PUBLIC_FIELDS.contains(&name.as_str())) {
            let is_csrf_token = name == "csrf_token"; // what follows its dot is the number of the user
            self.add(if is_csrf_token { value.split('.').next().unwrap() } else { value });
        }
    }

    fn add(&mut self, secret: &str) {
        if secret.len() >= SHORTEST_SECRET {
            self.texts.insert(secret.to_owned());
        }
    }

    /// The secrets in each of their forms: text, and of a token its bytes, as they are and as PostgreSQL dumps them.
    fn forms(&self) -> Vec<(String, Vec<u8>)> {
        let mut forms = Vec::new();
        for text in &self.texts {
            forms.push((text.clone(), text.as_bytes().to_vec()));
            if let Ok(bytes) = BASE64_URL_SAFE_NO_PAD.decode(text) {
                forms.push((format!("{text} in hexadecimal"), hex(&bytes).into_bytes()));
                forms.push((format!("the bytes of {text}"), bytes));
            }
        }
        for password in [ADA, BEN, CHANGED, RESET, MISTYPED, IMPORTED] {
            forms.push((password.to_owned(), password.as_bytes().to_vec()));
            forms.push((format!("{password} in a form"), password.replace(' ', "+").into_bytes()));
        }
        forms
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

/// The names of the secrets that occur.
fn found(secrets: &[(String, Vec<u8>)], text: &[u8]) -> Vec<String> {
    let found = secrets.iter().filter(|(_, secret)| contains(text, secret));
    found.map(|(name, _)| name.clone()).collect()
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    memmem::find(text, part).is_some()
}

/// A browser that sees each redirect, so that no cookie is missed.
struct Browser<'a> {
    client: TestClient,
    secrets: &'a mut Secrets,
}

impl<'a> Browser<'a> {
    fn new(program: &Running, secrets: &'a mut Secrets) -> Self {
        Self { client: TestClient::at(&program.origin), secrets }
    }

    async fn get(&mut self, path: &str) -> TestResponse {
        let mut page = self.client.send(self.client.request(Method::GET, path)).await;
        self.secrets.note(&page);
        while let Some(location) = page.header("location").map(ToOwned::to_owned) {
            page = self.client.send(self.client.request(Method::GET, &location)).await;
            self.secrets.note(&page);
        }
        page
    }

    /// Submits the form of a page, with these values in it.
    async fn submit(&mut self, page: &TestResponse, action: &str, values: &[(&str, &str)]) -> TestResponse {
        let mut form = page.form(action);
        form.retain(|(name, _)| values.iter().all(|(given, _)| given != name));
        form.extend(values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let form: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.post(action, &form).await
    }

    /// Sends a form, and follows the redirect.
    async fn post(&mut self, action: &str, form: &[(&str, &str)]) -> TestResponse {
        let request = self.client.request(Method::POST, action).header("sec-fetch-site", "same-origin");
        let response = self.client.send(request.form(form)).await;
        self.secrets.note(&response);
        match response.header("location").map(ToOwned::to_owned) {
            Some(location) => self.get(&location).await,
            None => response,
        }
    }

    /// Opens the page of a form, submits it, and sees a sentence.
    async fn sends(&mut self, path: &str, action: &str, values: &[(&str, &str)], sentence: &str) -> TestResponse {
        let page = self.get(path).await;
        let response = self.submit(&page, action, values).await;
        assert!(response.text.contains(sentence), "{sentence:?} in {} {}", response.status, response.text);
        response
    }
}

/// Confirms the password, downloads the export, changes the password, and ends all other sessions. Returns the export.
async fn use_account_pages(ada: &mut Browser<'_>) -> String {
    let export = ada.post("/account/confirm", &[("next", "/account/export"), ("password", ADA)]).await;
    assert!(export.html.contains("hosted_parties"), "{} {}", export.status, export.html);
    let typed = [("password", ADA), ("new_password", CHANGED), ("new_password2", CHANGED)];
    ada.sends("/account/password", "/account/password", &typed, "Your password is changed.").await;
    let page = ada.post("/account/sessions", &[("others", "on")]).await;
    assert!(page.text.contains("There was no other session."), "{}", page.text);
    export.html
}

/// Sets the password of Ben by a link, changes his address, deletes his account, and undoes that.
async fn reset_and_leave(ben: &mut Browser<'_>, url: &str) {
    let arguments = ["user", "reset-link", "ben", "--origin", "https://dinner.example", "--database", url];
    let printed = dinnerparty().args(arguments).output().unwrap();
    assert!(printed.status.success(), "{printed:?}");
    let link = String::from_utf8(printed.stdout).unwrap();
    let token = link.trim_end().strip_prefix("https://dinner.example/account/reset?token=").unwrap();
    ben.secrets.add(token);
    let page = ben.get(&format!("/account/reset?token={token}")).await;
    assert_eq!(page.attributes("[name=token]", "value"), [token]);
    let page = ben.submit(&page, "/account/reset", &[("password", "short"), ("password2", "short")]).await;
    let page = ben.submit(&page, "/account/reset", &[("password", RESET), ("password2", RESET)]).await;
    assert!(page.text.contains("Your new password is set."), "{} {}", page.status, page.text);
    assert_eq!(ben.get(&format!("/account/reset?token={token}")).await.status, 404);

    let log_in = [("email", "ben"), ("password", RESET)];
    ben.sends("/login", "/login", &log_in, "Welcome back, ben.").await;
    let typed = [("email", "ben@new.example"), ("password", RESET)];
    ben.sends("/account/email", "/account/email", &typed, "Your email is changed.").await;
    ben.sends("/account/delete", "/account/delete", &[], "Your account will be deleted in 14 days.").await;
    ben.sends("/login", "/login", &log_in, "Your account stays").await;
}

/// Uses everything that takes or makes a secret. Returns the token of the invitation, and the export of its host.
async fn use_everything(program: &Running, url: &str, secrets: &mut Secrets) -> (String, String) {
    let register = |name, password| [("username", name), ("password", password), ("password2", password)];
    let mut ada = Browser::new(program, secrets);
    let typed = [&register("ada", ADA)[..], &[("email", "ada@example.com")]].concat();
    ada.sends("/register", "/register", &typed, "Your account is ready.").await;
    let home = ada.get("/").await;
    assert!(ada.submit(&home, "/logout", &[]).await.text.contains("You are logged out."));
    let log_in = |password| [("email", "ada@example.com"), ("password", password)];
    ada.sends("/login", "/login", &log_in(MISTYPED), "don't match").await;
    ada.sends("/login", "/login", &[("email", ADA), ("password", ADA)], "don't match").await; // in the wrong field
    ada.sends("/login", "/login", &[&log_in(ADA)[..], &[("remember", "on")]].concat(), "Welcome back, ada.").await;
    let party = ada.sends("/host", "/host", &host_form(&[("date", "2099-03-14")]), "Your table is set.").await;
    let id = party.path.strip_prefix("/parties/").unwrap().to_owned();
    let link = party.attributes("input[data-share]", "value").concat();
    let path = link.strip_prefix(&program.origin).unwrap().to_owned();
    let export = use_account_pages(&mut ada).await;

    let mut ben = Browser::new(program, secrets);
    ben.get(&path).await;
    let typed = [&register("ben", BEN)[..], &[("email", "ben@example.com")]].concat();
    let page = ben.sends(&format!("/register?next={path}"), "/register", &typed, "Your account is ready.").await;
    let page = ben.submit(&page, &format!("{path}/rsvp"), &[("answer", "yes")]).await;
    assert!(page.text.contains("You successfully RSVP'd"), "{}", page.text);
    ben.sends("/login", "/logout", &[], "You are logged out.").await;
    // A form that a log-in interrupts, and then a form of the session that has ended.
    let request = ben.client.request(Method::POST, "/rsvp").header("sec-fetch-site", "same-origin");
    let waiting = ben.client.send(request.form(&[("party_id", id.as_str())])).await;
    ben.secrets.note(&waiting);
    assert!(!waiting.attributes("[name=resume]", "value").is_empty(), "{}", waiting.html);
    let page = ben.submit(&waiting, "/login", &[("email", "ben"), ("password", BEN)]).await;
    assert!(page.text.contains("Welcome back, ben."), "{}", page.text);
    let form = ben.get("/host").await;
    ben.sends("/", "/logout", &[], "You are logged out.").await;
    let page = ben.submit(&form, "/host", &host_form(&[])).await;
    assert!(page.text.contains("Please log in again"), "{}", page.text);
    assert_eq!(ben.get("/nowhere").await.status, 404);
    reset_and_leave(&mut ben, url).await;

    let users = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/moving/flask_users.csv");
    let import = dinnerparty().args(["user", "import", users, "--database", url]).output().unwrap();
    assert!(import.status.success(), "{import:?}");
    let mut imported = Browser::new(program, secrets);
    imported.sends("/login", "/login", &[("email", "ada_0"), ("password", IMPORTED)], "Welcome back, ada_0.").await;
    (path.strip_prefix("/i/").unwrap().to_owned(), export)
}

/// What is on the disk: a dump of PostgreSQL, or the files of SQLite, its write-ahead log among them.
async fn stored(url: &str) -> Vec<u8> {
    let Some(file) = url.strip_prefix("sqlite:") else {
        return Postgres::shared().await.unwrap().dump(url).unwrap().into_bytes();
    };
    let files = ["", "-wal", "-shm"].map(|end| fs::read(format!("{file}{end}")));
    files.into_iter().flatten().flatten().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn database_and_log_contain_no_secret_of_a_browser() {
    let (_folder, urls) = databases().await;
    for url in urls {
        let (program, mut secrets) = (Running::start(&url, &["--log", "trace"]), Secrets::default());
        let (invitation, export) = use_everything(&program, &url, &mut secrets).await;
        let while_served = stored(&url).await;
        let log = program.stop("TERM").log;
        let afterwards = stored(&url).await;

        let forms = secrets.forms();
        assert!(secrets.sessions.len() >= 8 && forms.len() > 100, "{} sessions", secrets.sessions.len());
        assert_eq!(found(&forms, export.as_bytes()), [""; 0], "in the export");
        assert!(!export.contains(&invitation) && !export.contains("$pbkdf2"), "{export}");
        for stored in [&while_served, &afterwards] {
            assert_eq!(found(&forms, stored), [""; 0], "in the database at {url}");
            // What must be there is found, so that what is not found is not there.
            let digests = secrets.sessions.iter().map(|token| *SessionToken::parse(token).unwrap().digest().as_bytes());
            let digests: Vec<_> =
                digests.filter(|digest| contains(stored, digest) || contains(stored, hex(digest).as_bytes())).collect();
            assert!(!digests.is_empty(), "the digests of live sessions");
            assert!(contains(stored, b"ada@example.com") && contains(stored, b"pbkdf2-sha256"), "users and hashes");
            assert!(contains(stored, invitation.as_bytes()), "the link");
        }
        assert_eq!(found(&forms, log.as_bytes()), [""; 0], "in the log");
        for hidden in [&invitation, "ada@example.com", "$pbkdf2", "scrypt:"] {
            assert!(!log.contains(hidden), "{hidden} in the log");
        }
        let changes =
            ["password confirmed", "password changed", "email changed", "deletion requested", "deletion undone"];
        let others = ["registered", "log-in failed", "logged in", "logged out", "responded", r#""level":"DEBUG""#];
        for logged in changes.into_iter().chain(others) {
            assert!(log.contains(logged), "{logged} is logged");
        }
    }
}

/// The search itself: each form of each kind of secret is found where it occurs.
#[test]
fn secret_is_found_in_each_of_its_forms() {
    let token = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    let mut secrets = Secrets::default();
    secrets.add(token);
    secrets.add("3141592653"); // the number of a flash message
    let bytes: Vec<u8> = (0..32).collect();
    let in_dump = "\\x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    for text in [token.as_bytes(), &bytes, in_dump.as_bytes()] {
        assert_eq!(found(&secrets.forms(), &[b"before", text, b"after"].concat()).len(), 1);
    }
    assert_eq!(found(&secrets.forms(), b"email=ada&password=walnut+zephyr+quartz"), [format!("{ADA} in a form")]);
    assert_eq!(found(&secrets.forms(), b"3141592653"), [""; 0]);
}
