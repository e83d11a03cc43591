//! The secret recipe as somebody meets it: the program is started, and its page asked for.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test's set-up that fails is a test that fails")]

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use accounts::test_kit::Visitor;
use test_support::{Postgres, sqlite_url};

/// The program, running; it is ended with the test.
struct Recipe {
    program: Child,
    /// What it printed at the start.
    said: Vec<String>,
    visitor: Visitor,
}

impl Recipe {
    fn start(database: &str) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap(); // free again at the end of this line
        let program = env!("CARGO_BIN_EXE_example-secret-recipe");
        let settings = ["--listen", &free.to_string(), "--database", database];
        let mut program = Command::new(program).args(settings).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = Vec::new();
        for line in BufReader::new(program.stdout.take().unwrap()).lines().map_while(Result::ok) {
            let ready = line.contains("is served at");
            said.push(line);
            if ready {
                break;
            }
        }
        let visitor = Visitor::at(&format!("http://{free}/"));
        Self { program, said, visitor }
    }

    /// The password that the first start printed.
    fn password(&self) -> Option<&str> {
        let line = self.said.iter().find(|line| line.contains("with the password"))?;
        line.split("with the password ").nth(1)?.split('.').next()
    }
}

impl Drop for Recipe {
    fn drop(&mut self) {
        self.program.kill().unwrap();
        self.program.wait().unwrap();
    }
}

#[tokio::test]
async fn only_the_cook_reads_the_recipe_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    only_the_cook_reads_the_recipe(&sqlite_url(&folder)).await;
}

#[tokio::test]
async fn only_the_cook_reads_the_recipe_on_postgres() {
    only_the_cook_reads_the_recipe(&Postgres::shared().await.unwrap().database().await.unwrap()).await;
}

async fn only_the_cook_reads_the_recipe(database: &str) {
    let first = Recipe::start(database);
    let password = first.password().expect("a first start tells the password").to_owned();
    let refused = first.visitor.get("/home").await;
    assert_eq!(refused.path, "/?next=%2Fhome");
    assert!(refused.text.contains("Sorry you must be logged in to view this page"));
    assert!(!refused.text.contains("Gruyère"));

    let form = |password: &str| [("email", "cook@example.com".to_owned()), ("password", password.to_owned())];
    let log_in = async |recipe: &Recipe, password: &str| {
        let form = form(password);
        let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        recipe.visitor.submit("/?next=/home", "/", &form).await
    };
    let wrong = log_in(&first, "correct horse").await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text.contains("That email and password don't match. Please try again."));
    let home = log_in(&first, &password).await;
    assert_eq!(home.path, "/home");
    assert!(home.text.contains("Welcome back cook") && home.text.contains("Gruyère"));

    let out = first.visitor.submit_on(&home, "/logout", &[]).await;
    assert_eq!((out.path.as_str(), out.texts("title")), ("/", vec!["Log in - The secret recipe".to_owned()]));
    assert_eq!(first.visitor.get("/register").await.status, 404);

    drop(first);
    let second = Recipe::start(database);
    assert_eq!(second.password(), None, "a password is told once");
    assert!(log_in(&second, &password).await.text.contains("Welcome back cook"));
}
