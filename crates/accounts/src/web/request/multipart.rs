//! A form with files (RFC 7578): read part by part within its limit. Its first part is the CSRF token, which is checked before the
//! others are read.

use std::io::{self, ErrorKind};
use std::pin::pin;

use futures_util::{Stream, StreamExt, stream};
use multer::bytes::Bytes;
use multer::{Field, Multipart, parse_boundary};
use poem::http::header;
use poem::{Body, Request};
use zeroize::Zeroizing;

use super::body::{body_problem, ensure_accepted};
use super::origin_check::RequestOrigin;
use super::{CSRF_FIELD, RequestContext};
use crate::web::form::{Fields, Files, MAX_FIELDS, PasswordFields, TypedPasswords, UploadedFile, is_password};
use crate::web::page::Problem;

/// The least bytes of a piece of the body that the parser gets, but for the last. It searches what it has from its beginning for each
/// piece, so that a client that sends single bytes would cost much.
const MIN_PIECE: usize = 16 * 1024;

/// The most bytes of the part with the CSRF token.
const MAX_TOKEN: usize = 1024;

/// Reads a form with files, and accepts it as [`super::accept_body`] does. Its fields are then in the context, its files and passwords in
/// the request.
pub(super) async fn accept_upload(
    request: &mut Request,
    context: &RequestContext,
    origin: RequestOrigin,
) -> Result<(), Problem> {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let boundary = parse_boundary(content_type.unwrap_or_default()).map_err(|_| Problem::Undecodable)?;
    let mut pieces = pin!(pieces(request.take_body(), context.expected_body.limit));
    let mut form = UploadForm::new(context.settings().body_limit);
    form.read(Multipart::new(pieces.as_mut(), boundary), context, origin).await?;
    while let Some(piece) = pieces.next().await {
        piece.map_err(|error| body_problem(&error))?; // what follows the last part, so that the connection can be used again
    }
    context.set_submitted(form.fields.into_iter().collect());
    request.extensions_mut().insert(TypedPasswords::new(form.passwords));
    request.extensions_mut().insert(form.files);
    Ok(())
}

/// The body in pieces of at least [`MIN_PIECE`] bytes, but for the last. An error with [`ErrorKind::FileTooLarge`] above the limit.
fn pieces(body: Body, limit: usize) -> impl Stream<Item = io::Result<Bytes>> + Send {
    let chunks = Box::pin(body.into_bytes_stream());
    stream::try_unfold((chunks, limit), |(mut chunks, mut left)| async move {
        let mut piece = Vec::new();
        while piece.len() < MIN_PIECE
            && let Some(chunk) = chunks.next().await
        {
            let chunk = chunk?;
            left = left.checked_sub(chunk.len()).ok_or(ErrorKind::FileTooLarge)?;
            piece.extend_from_slice(&chunk);
        }
        Ok((!piece.is_empty()).then(|| (piece.into(), (chunks, left))))
    })
}

/// What was read of a form.
struct UploadForm {
    fields: Vec<(String, String)>,
    passwords: PasswordFields,
    files: Files,
    /// How many parts were read.
    parts: usize,
    /// How many bytes of text may still come: as many as in a form without files.
    text_left: usize,
}

impl UploadForm {
    fn new(text_left: usize) -> Self {
        Self { fields: Vec::new(), passwords: PasswordFields::default(), files: Files::default(), parts: 0, text_left }
    }

    async fn read(
        &mut self,
        mut parts: Multipart<'_>,
        context: &RequestContext,
        origin: RequestOrigin,
    ) -> Result<(), Problem> {
        let first = next(&mut parts).await?;
        let (proof, mut part) = match first {
            Some(token) if token.name() == Some(CSRF_FIELD) => {
                let token = text(token, MAX_TOKEN).await?;
                ([(CSRF_FIELD, token.as_str())].into_iter().collect(), None)
            }
            other => (Fields::default(), other),
        };
        if let Err(refusal) = ensure_accepted(context, origin, Some(&proof)).await {
            if origin == RequestOrigin::Own {
                context.set_submitted(proof); // says whose form it was
            }
            return Err(refusal);
        }
        if part.is_none() {
            part = next(&mut parts).await?;
        }
        while let Some(current) = part {
            self.add(current).await?;
            part = next(&mut parts).await?;
        }
        Ok(())
    }

    /// Adds a part after the CSRF token.
    async fn add(&mut self, part: Field<'_>) -> Result<(), Problem> {
        self.parts += 1;
        let name = part.name().ok_or(Problem::Undecodable)?.to_owned();
        if self.parts > MAX_FIELDS {
            return Err(Problem::Undecodable);
        }
        if name == CSRF_FIELD {
            tracing::debug!("the CSRF token is not the first part of a form with files"); // any client can send such a form
            return Err(Problem::Undecodable);
        }
        if part.file_name().is_some() {
            return self.add_file(name, part).await;
        }
        let text = text(part, self.text_left).await?;
        self.text_left -= text.len();
        if is_password(&name) {
            self.passwords.push(name, text);
        } else {
            self.fields.push((name, text.to_string()));
        }
        Ok(())
    }

    async fn add_file(&mut self, name: String, part: Field<'_>) -> Result<(), Problem> {
        let file_name = part.file_name().unwrap_or_default().to_owned();
        let content_type = part.content_type().map(ToString::to_string);
        let bytes = part.bytes().await.map_err(|error| multipart_problem(&error))?;
        if !file_name.is_empty() || !bytes.is_empty() {
            self.files.push(name, UploadedFile::new(&file_name, content_type, bytes)); // else none was chosen
        }
        Ok(())
    }
}

async fn next<'a>(parts: &mut Multipart<'a>) -> Result<Option<Field<'a>>, Problem> {
    parts.next_field().await.map_err(|error| multipart_problem(&error))
}

/// The text of a part of at most `limit` bytes.
async fn text(mut part: Field<'_>, limit: usize) -> Result<Zeroizing<String>, Problem> {
    let mut bytes = Zeroizing::new(Vec::new());
    while let Some(chunk) = part.chunk().await.map_err(|error| multipart_problem(&error))? {
        if bytes.len() + chunk.len() > limit {
            return Err(Problem::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(std::mem::take(&mut *bytes)).map(Zeroizing::new).map_err(|error| {
        drop(Zeroizing::new(error.into_bytes()));
        Problem::Undecodable
    })
}

/// The cause of a parser's error: the body's own, or a form that is damaged or cut off.
fn multipart_problem(error: &multer::Error) -> Problem {
    match error {
        multer::Error::StreamReadFailed(cause) => {
            cause.downcast_ref::<io::Error>().map_or(Problem::Undecodable, body_problem)
        }
        _ => Problem::Undecodable,
    }
}
