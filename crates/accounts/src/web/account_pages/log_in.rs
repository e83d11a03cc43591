//! The log-in page. It is made of what an embedder's own log-in page is made of.

use askama::Template;
use poem::http::StatusCode;
use poem::{Response, handler};

use super::entry_form::{EntryForm, Waiting};
use crate::LogInBy;
use crate::web::AccountPage;
use crate::web::form::{FormView, Submitted};
use crate::web::messages;
use crate::web::own_pages::LogInForm;
use crate::web::page::{PageContext, Problem};

#[derive(Template)]
#[template(path = "log_in.html")]
struct Content<'a> {
    page: &'a PageContext,
    form: FormView<'a>,
    around: &'a EntryForm,
    label: &'a str,
    /// The on-screen keyboard. The type of the field is text: a browser would refuse what the server can read, such as
    /// a pasted `Ada <ada@example.com>`.
    keyboard: &'a str,
}

fn render(page: &PageContext, form: FormView<'_>, around: &EntryForm) -> Response {
    let by = page.accounts().inner.log_in_by;
    let (label, keyboard) = (messages::log_in_label(by), if by == LogInBy::Username { "text" } else { "email" });
    page.render_form_template("Log in", form, &Content { page, form, around, label, keyboard })
}

/// The log-in page as the response to a form that requires a log-in, which waits on it as signed text.
pub(super) async fn interrupt(page: &PageContext, status: StatusCode, waiting: Waiting) -> Response {
    let around = EntryForm::with(page, AccountPage::LogIn, Some(waiting)).await;
    let mut response = render(page, FormView::empty(), &around);
    if response.status() == StatusCode::OK {
        response.set_status(status);
    }
    response
}

#[handler]
pub(super) async fn show(page: PageContext) -> Response {
    if page.user().is_some() {
        return page.lead_on();
    }
    let around = page.entry_form(AccountPage::LogIn).await;
    render(&page, FormView::filled(around.prefilled()), &around)
}

#[handler]
pub(super) async fn submit(page: PageContext, submitted: Submitted<LogInForm>) -> Result<Response, Problem> {
    let errors = match page.ensure_cookies("email").and(submitted.form) {
        Ok(form) => match page.log_in(form).await {
            Ok(response) => return Ok(response),
            Err(error) => error.form_errors(&page)?,
        },
        Err(errors) => errors,
    };
    let around = page.entry_form(AccountPage::LogIn).await;
    Ok(render(&page, FormView::new(&submitted.fields, &errors), &around))
}
