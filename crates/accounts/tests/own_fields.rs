//! An embedder's own fields of the registration form, and its hook in the same commit.

use std::any::Any;
use std::sync::Arc;

use accounts::test_kit::{TestClient, TestServer, fast_hash_cost};
use accounts::web::{Fields, FormErrors, FormView, LayoutError, OwnFields};
use accounts::{Accounts, Builder, Own, RegistrationPolicy, User};
use async_trait::async_trait;
use futures_util::future::join_all;
use poem::Route;
use reqwest::Method;
use store::AccountStore;
use store::embed::sqlx::{query, query_scalar};
use store::embed::{Database, Dialect, HookError, Hooks, MigrationSet};
use tempfile::TempDir;

use crate::common::PASSWORD;

/// A town, and check boxes of which several may be ticked.
struct TownFields;

struct Town(String, usize);

impl OwnFields for TownFields {
    fn names(&self) -> &'static [&'static str] {
        &["town", "news"]
    }

    fn render(&self, form: FormView<'_>) -> Result<String, LayoutError> {
        let ticked = if form.is_ticked("news") { " checked" } else { "" };
        let news = format!(r#"<label><input type="checkbox" name="news" value="weekly"{ticked}> News</label>"#);
        Ok(format!("{}{news}", form.input("town", "Home town").hint("Where you live.")))
    }

    fn parse(&self, fields: &Fields) -> Result<Own, FormErrors> {
        let mut errors = FormErrors::new();
        let town = errors.field(fields, "town", |typed| match typed.trim() {
            "" => Err("Please name your town."),
            town => Ok(town.to_owned()),
        });
        let news = fields.iter().filter(|(name, _)| *name == "news").count();
        town.map(|town| Arc::new(Town(town, news)) as Own).ok_or(errors)
    }
}

struct Towns;

#[async_trait]
impl<D: Dialect> Hooks<D> for Towns {
    async fn registered(
        &self,
        connection: &mut D::Connection,
        user: &User,
        own: Option<&(dyn Any + Send + Sync)>,
    ) -> Result<(), HookError> {
        let Some(Town(town, news)) = own.and_then(|own| own.downcast_ref()) else { return Ok(()) };
        if town == "Atlantis" {
            return Err(HookError::refused("town", "Atlantis has sunk."));
        }
        let add = query::<D>("INSERT INTO towns (user_id, town, news) VALUES ($1, $2, $3)").bind(user.id.get());
        add.bind(town.as_str()).bind(i64::try_from(*news).unwrap()).execute(connection).await?;
        Ok(())
    }
}

struct Site {
    server: TestServer,
    store: AccountStore,
    accounts: Accounts,
    _folder: TempDir,
}

async fn site(set: impl FnOnce(Builder) -> Builder) -> Site {
    const TABLE: &str = "CREATE TABLE towns (user_id BIGINT NOT NULL REFERENCES users (id), town TEXT NOT NULL, \
         news BIGINT NOT NULL)";
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    let tables = MigrationSet::new("towns").and("towns", TABLE, TABLE);
    let store = AccountStore::connect_with(&url, [tables]).await.unwrap().with_hooks(Towns);
    let builder = Accounts::builder().cost(fast_hash_cost()).own_fields(TownFields);
    let accounts = set(builder).build(store.clone()).unwrap();
    let server = TestServer::start(accounts.routes(Route::new()).unwrap()).await.unwrap();
    Site { server, store, accounts, _folder: folder }
}

impl Site {
    async fn rows(&self) -> Vec<String> {
        let Database::Sqlite(database) = self.store.database() else { unreachable!("the test store is SQLite") };
        let list =
            "SELECT username || ' of ' || town || ', ' || news FROM towns JOIN users ON id = user_id ORDER BY id";
        query_scalar(list).fetch_all(&database.read).await.unwrap()
    }
}

fn typed<'a>(name: &'a str, email: &'a str, own: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let ours = [("username", name), ("email", email), ("password", PASSWORD), ("password2", PASSWORD)];
    ours.into_iter().chain(own.iter().copied()).collect()
}

#[tokio::test]
async fn own_fields_reach_the_hook_in_the_commit_of_the_registration() {
    let site = site(|builder| builder).await;
    let ada = TestClient::new(&site.server);
    let page = ada.get("/register").await;
    assert_eq!(page.texts("label"), ["Username", "Email", "Password", "Repeat Password", "Home town", "News"]);
    let own = [("town", "Łódź <&>"), ("news", "weekly"), ("news", "monthly")];
    let page = ada.submit("/register", "/register", &typed("ada", "ada@example.com", &own)).await;
    assert_eq!(page.path, "/", "{}", page.text);
    assert_eq!(site.rows().await, ["ada of Łódź <&>, 2"]);
}

#[tokio::test]
async fn errors_of_both_parts_are_shown_together_and_values_are_kept() {
    let site = site(|builder| builder.registration(RegistrationPolicy::Open)).await;
    let visitor = TestClient::new(&site.server);
    let page = visitor.submit("/register", "/register", &typed("a b", "ada@example.com", &[("news", "weekly")])).await;
    assert_eq!(page.status, 422);
    assert_eq!(page.attributes("[role=alert] a", "href"), ["#username", "#town"]);
    assert_eq!(page.texts("#town-note"), ["Please name your town."]);
    assert_eq!(page.attributes("[name=news]", "checked").len(), 1, "{}", page.html);

    let page = visitor.submit("/register", "/register", &typed("a b", "ada@example.com", &[("town", "<b>Rome")])).await;
    assert_eq!(
        (page.attributes("#town", "value"), page.texts("#town-note")),
        (vec!["<b>Rome".to_owned()], vec!["Where you live.".to_owned()])
    );
    assert!(site.rows().await.is_empty() && site.accounts.has_no_users().await.unwrap());
}

#[tokio::test]
async fn refusal_of_the_hook_is_shown_at_the_own_field() {
    let site = site(|builder| builder).await;
    let visitor = TestClient::new(&site.server);
    let form = typed("ada", "ada@example.com", &[("town", "Atlantis")]);
    let page = visitor.submit("/register", "/register", &form).await;
    assert_eq!((page.status, page.texts("#town-note")), (422, vec!["Atlantis has sunk.".to_owned()]));
    assert_eq!(
        (page.attributes("#town", "value"), page.attributes("#username", "value")),
        (vec!["Atlantis".to_owned()], vec!["ada".to_owned()])
    );
    assert!(site.accounts.has_no_users().await.unwrap(), "nothing is stored");
    let form = typed("ada", "ada@example.com", &[("town", "Rome")]);
    assert_eq!(visitor.submit("/register", "/register", &form).await.path, "/");
    assert_eq!(site.rows().await, ["ada of Rome, 0"]);
}

/// The button that takes a waiting form along takes the own fields too, to the log-in page and back.
#[tokio::test]
async fn own_fields_travel_over_the_log_in_page_and_back() {
    let site = site(|builder| builder).await;
    let visitor = TestClient::new(&site.server);
    let send = async |path: &str, fields: &[(&str, &str)]| {
        visitor.get("/register").await;
        let request = visitor.request(Method::POST, path).header("sec-fetch-site", "same-origin");
        visitor.send(request.form(fields)).await
    };
    let own = [("town", "Rome"), ("news", "weekly"), ("news", "monthly"), ("switch", "on")];
    let page = send("/login", &typed("ada", "ada@example.com", &own)).await;
    assert_eq!(page.attributes("input[name=town]", "value"), ["Rome"]);
    assert_eq!(page.attributes("input[name=news]", "value"), ["weekly", "monthly"]);
    assert_eq!(page.attributes("input[name=town]", "type"), ["hidden"]);
    let page = send("/register", &[("email", "ada"), ("town", "Rome"), ("news", "weekly"), ("switch", "on")]).await;
    assert_eq!(
        (page.attributes("#town", "value"), page.attributes("#username", "value")),
        (vec!["Rome".to_owned()], vec!["ada".to_owned()])
    );
    assert_eq!(page.attributes("[name=news]", "checked").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn repeated_registration_writes_the_own_row_once() {
    let site = site(|builder| builder).await;
    let ada = TestClient::new(&site.server);
    let mut form = ada.get("/register").await.form("/register");
    let own = typed("ada", "ada@example.com", &[("town", "Rome")]);
    form.retain(|(name, _)| own.iter().all(|(field, _)| field != name));
    form.extend(own.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let cookies = ada.cookies();
    let tabs: Vec<_> = (0..5).map(|_| TestClient::new(&site.server)).collect();
    let pages = join_all(tabs.iter().map(|tab| {
        tab.add_cookies(&cookies);
        tab.send(tab.request(Method::POST, "/register").header("sec-fetch-site", "same-origin").form(&form))
    }));
    assert!(pages.await.iter().all(|page| page.status == 303));
    assert_eq!(site.rows().await, ["ada of Rome, 0"]);
}

/// Fields whose page cannot be rendered.
struct Broken;

impl OwnFields for Broken {
    fn names(&self) -> &'static [&'static str] {
        &["town"]
    }

    fn render(&self, _: FormView<'_>) -> Result<String, LayoutError> {
        Err("no template".into())
    }

    fn parse(&self, _: &Fields) -> Result<Own, FormErrors> {
        Ok(Arc::new(()))
    }
}

#[tokio::test]
async fn own_fields_that_do_not_render_are_a_500_page() {
    let site = site(|builder| builder.own_fields(Broken)).await;
    let page = TestClient::new(&site.server).get("/register").await;
    assert_eq!((page.status, page.texts("h1").len()), (500, 1), "{}", page.html);
}
