//! The pages of members, those of librarians, and the JSON for scripts.

use accounts::serde_json::json;
use accounts::web::{
    AccountPage, CurrentUser, EntryForm, Fields, Files, Flash, Form, FormErrors, FormView, LogInForm, PageContext,
    PasswordFields, Problem, RecentLogIn, Submitted, UploadedFile,
};
use accounts::{BearerToken, OsRandom, Page, ShortText};
use askama::Template;
use poem::web::{Data, Json, Path, Query};
use poem::{IntoResponse, Response, handler, http::StatusCode};
use store::AccountStore;

use crate::tables::{self, Book, Change};

/// The most bytes of a cover: 512 KiB. The table has the same limit.
pub(crate) const COVER_LIMIT: usize = 512 << 10;

/// The role of those who add books. An operator gives it: `book-club user role add ada librarian`.
pub(crate) const LIBRARIAN: &str = "librarian";

type Db<'a> = Data<&'a AccountStore>;

/// The cursor of a page of books: `?before=ID`. Without a valid one, the first page is shown.
type Cursor = Query<Vec<(String, String)>>;

fn before(cursor: &Cursor) -> i64 {
    cursor.iter().find(|(name, _)| name == "before").and_then(|(_, id)| id.parse().ok()).unwrap_or(i64::MAX)
}

/// The log-in page is ours. What it does is the accounts'.
#[derive(Template)]
#[template(path = "log_in.html")]
struct LogInPage<'a> {
    page: &'a PageContext,
    around: &'a EntryForm,
    form: FormView<'a>,
}

fn render_log_in(page: &PageContext, around: &EntryForm, form: FormView<'_>) -> Response {
    page.render_form_template("Come in", form, &LogInPage { page, around, form })
}

#[handler]
pub(crate) async fn log_in_page(page: PageContext) -> Response {
    if page.user().is_some() {
        return page.lead_on();
    }
    let around = page.entry_form(AccountPage::LogIn).await;
    render_log_in(&page, &around, FormView::filled(around.prefilled()))
}

#[handler]
pub(crate) async fn log_in(page: PageContext, sent: Submitted<LogInForm>) -> Result<Response, Problem> {
    let errors = match page.ensure_cookies("email").and(sent.form) {
        Ok(form) => match page.log_in(form).await {
            Ok(response) => return Ok(response),
            Err(error) => error.form_errors(&page)?,
        },
        Err(errors) => errors,
    };
    let around = page.entry_form(AccountPage::LogIn).await;
    Ok(render_log_in(&page, &around, FormView::new(&sent.fields, &errors)))
}

#[derive(Template)]
#[template(path = "books.html")]
struct BookList {
    books: Page<Book, i64>,
    favorite_author: Option<String>,
    is_librarian: bool,
}

#[handler]
pub(crate) async fn list(me: CurrentUser, page: PageContext, db: Db<'_>, at: Cursor) -> Result<Response, Problem> {
    let books = tables::list(&db, me.id, before(&at)).await?;
    let favorite_author = tables::find_favorite_author(&db, me.id).await?;
    let content = BookList { books, favorite_author, is_librarian: me.has_role(LIBRARIAN) };
    Ok(page.render_template(StatusCode::OK, "Books", &content))
}

/// The same for a script; `next` is the `before` of the next page.
#[handler]
pub(crate) async fn list_as_json(me: CurrentUser, db: Db<'_>, at: Cursor) -> Result<Response, Problem> {
    let page = tables::list(&db, me.id, before(&at)).await?;
    let book = |(id, title, readings): &Book| json!({ "id": id, "title": title, "read": *readings > 0 });
    let books: Vec<_> = page.items.iter().map(book).collect();
    Ok(Json(json!({ "books": books, "next": page.next })).into_response())
}

#[handler]
pub(crate) async fn mark_read(me: CurrentUser, db: Db<'_>, id: Path<i64>) -> Result<StatusCode, Problem> {
    let is_found = tables::write(&db, Change::MarkRead { member: me.id, book: id.0 }).await?;
    if is_found { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::NotFound) }
}

/// The media type of a picture, by its first bytes: what the client says of it proves nothing.
fn media_type(picture: &[u8]) -> Option<&'static str> {
    match picture {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        _ => None,
    }
}

#[handler]
pub(crate) async fn show_cover(_: CurrentUser, db: Db<'_>, id: Path<i64>) -> Result<Response, Problem> {
    let cover = tables::find_cover(&db, id.0).await?.ok_or(Problem::NotFound)?;
    let media_type = media_type(&cover).ok_or(Problem::NotFound)?;
    Ok(cover.with_content_type(media_type).into_response())
}

/// The form of a new book, without its cover.
struct Name(ShortText);

impl Form for Name {
    fn parse(fields: &Fields, _: &mut PasswordFields) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::new();
        errors.field(fields, "title", crate::parse_name).map(Self).ok_or(errors)
    }
}

#[derive(Template)]
#[template(path = "new_book.html")]
struct NewBook<'a> {
    page: &'a PageContext,
    form: FormView<'a>,
}

#[handler]
pub(crate) fn show_form(page: PageContext) -> Response {
    page.render_template(StatusCode::OK, "Add a book", &NewBook { page: &page, form: FormView::empty() })
}

#[handler]
pub(crate) async fn add(page: PageContext, db: Db<'_>, file: Files, new: Submitted<Name>) -> Result<Response, Problem> {
    let mut errors = new.form.as_ref().err().cloned().unwrap_or_default();
    let cover = file.one("cover").ok().flatten().map(UploadedFile::bytes).unwrap_or_default();
    if cover.len() > COVER_LIMIT || media_type(cover).is_none() {
        errors.add("cover", "Please choose a JPEG or PNG of at most 512 KiB.");
    }
    if let (Ok(Name(title)), true) = (new.form, errors.is_empty()) {
        if tables::write(&db, Change::AddBook { title, cover: cover.to_vec() }).await? {
            return Ok(Flash::success("The book is on the list.").to("/"));
        }
        errors.add("title", "That book is on the list already.");
    }
    let form = FormView::new(&new.fields, &errors);
    Ok(page.render_form_template("Add a book", form, &NewBook { page: &page, form }))
}

/// The page of a member's API token. A member has one at most: it is shown once, and its digest is stored.
#[derive(Template)]
#[template(path = "token.html")]
struct TokenPage<'a> {
    page: &'a PageContext,
    new: Option<BearerToken>,
}

#[handler]
pub(crate) fn show_token(_: RecentLogIn, page: PageContext) -> Response {
    page.render_template(StatusCode::OK, "API token", &TokenPage { page: &page, new: None })
}

#[handler]
pub(crate) async fn make_token(me: RecentLogIn, page: PageContext, db: Db<'_>) -> Result<Response, Problem> {
    let token = BearerToken::new(&OsRandom);
    tables::write(&db, Change::SetToken { member: me.id, digest: Some(token.digest().to_vec()) }).await?;
    Ok(page.render_template(StatusCode::OK, "API token", &TokenPage { page: &page, new: Some(token) }))
}

#[handler]
pub(crate) async fn revoke_token(me: RecentLogIn, db: Db<'_>) -> Result<Response, Problem> {
    tables::write(&db, Change::SetToken { member: me.id, digest: None }).await?;
    Ok(Flash::success("The token is revoked.").to("/token"))
}
