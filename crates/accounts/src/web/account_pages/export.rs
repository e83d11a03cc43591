//! The download of everything that is stored about a user.

use std::io;

use futures_util::stream;
use poem::http::{HeaderValue, header};
use poem::{Body, Response, handler};

use crate::web::page::{PageContext, Problem};
use crate::web::session::RecentLogIn;
use crate::{Export, StoreError};

/// The bytes that are read before the response begins, so that a failing store is reported as such. A longer document is streamed;
/// where the store fails later, the connection is closed, so that the download is seen to be incomplete.
const READ_FIRST: usize = 256 * 1024;

#[handler]
pub(super) async fn show(user: RecentLogIn, page: PageContext) -> Result<Response, Problem> {
    let export = page.request().accounts.export(user.id).await?;
    let mut export = export.ok_or(Problem::LoginRequired)?; // deleted meanwhile
    let file = HeaderValue::from_static("attachment; filename=\"account.json\"");
    let (start, is_whole) = read_start(&mut export).await?;
    let body = if is_whole { Body::from_string(start) } else { Body::from_bytes_stream(rest(start, export)) };
    let response = Response::builder().content_type("application/json; charset=utf-8");
    Ok(response.header(header::CONTENT_DISPOSITION, file).body(body))
}

/// The beginning of the document, and whether it is all of it.
async fn read_start(export: &mut Export) -> Result<(String, bool), StoreError> {
    let mut start = String::new();
    while start.len() < READ_FIRST {
        match export.next().await? {
            Some(piece) => start.push_str(&piece),
            None => return Ok((start, true)),
        }
    }
    Ok((start, false))
}

/// The beginning, and then the pieces as the client reads them.
fn rest(start: String, export: Export) -> impl stream::Stream<Item = io::Result<String>> + Send + 'static {
    stream::try_unfold((Some(start), export), async |(start, mut export)| {
        let piece = match start {
            Some(start) => Some(start),
            None => export.next().await.map_err(|failure| {
                tracing::warn!(error = ?failure, "an export is not complete");
                io::Error::other("the store failed")
            })?,
        };
        Ok(piece.map(|piece| (piece, (None, export))))
    })
}
