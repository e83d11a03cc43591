//! The files of a submitted form.

use std::fmt;

use multer::bytes::Bytes;
use poem::{FromRequest, Request, RequestBody};

use super::{FieldError, printable_line};
use crate::web::page::Problem;

/// The most characters of a file's name.
const MAX_NAME: usize = 255;

/// The files of a form that was sent to a route of [`crate::Builder::upload_at`] or [`crate::Builder::body_limit_at`], as
/// `multipart/form-data`.
///
/// An extractor. Its other fields are a [`Form`](super::Form) in [`Submitted`](super::Submitted). Extracting it fails with 415 where the
/// body is not such a form. A handler runs with a complete upload only, which is in memory as long as the handler keeps it.
#[derive(Clone, Default)]
pub struct Files(Vec<(String, UploadedFile)>);

/// A file as a client has sent it. Nothing of it is verified.
#[derive(Clone)]
pub struct UploadedFile {
    name: String,
    content_type: Option<String>,
    bytes: Bytes,
}

impl Files {
    /// The file of a field; `None` where none was chosen, and where the form has no such field.
    ///
    /// # Errors
    /// [`FieldError::Repeated`]: several were sent.
    pub fn one(&self, field: &str) -> Result<Option<&UploadedFile>, FieldError> {
        let mut files = self.all(field);
        match (files.next(), files.next()) {
            (_, Some(_)) => Err(FieldError::Repeated),
            (file, None) => Ok(file),
        }
    }

    /// The files of a field with `multiple`, in their order.
    pub fn all(&self, field: &str) -> impl Iterator<Item = &UploadedFile> {
        self.0.iter().filter(move |(name, _)| name == field).map(|(_, file)| file)
    }

    pub(crate) fn push(&mut self, field: String, file: UploadedFile) {
        self.0.push((field, file));
    }
}

impl UploadedFile {
    pub(crate) fn new(name: &str, content_type: Option<String>, bytes: Bytes) -> Self {
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let name = printable_line(name).chars().take(MAX_NAME).collect();
        Self { name, content_type, bytes }
    }

    /// The file's name as the client says, without folders and control characters, at most 255 characters. It may be empty, and is no
    /// name for a file of the server.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The media type as the client says. Look at the bytes instead, and serve the file with a type of a list of yours: HTML that is
    /// served as such runs scripts of its sender.
    #[must_use]
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// The content.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// The names of the fields only.
impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(field, _)| field)).finish()
    }
}

/// The length only.
impl fmt::Debug for UploadedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UploadedFile({} bytes)", self.bytes.len())
    }
}

impl<'a> FromRequest<'a> for Files {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        request.data::<Self>().cloned().ok_or_else(|| Problem::NotAForm.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str) -> UploadedFile {
        UploadedFile::new(name, None, Bytes::from_static(b"abc"))
    }

    #[test]
    fn name_has_no_folders_and_no_control_characters() {
        for (sent, name) in [
            ("a.png", "a.png"),
            ("../../etc/passwd", "passwd"),
            ("C:\\photos\\b.jpg", "b.jpg"),
            ("a\0b\u{202e}gnp.exe", "abgnp.exe"),
            ("a\r\nb", "a b"),
            ("folder/", ""),
        ] {
            assert_eq!(file(sent).name(), name, "{sent:?}");
        }
        assert_eq!(file(&"é".repeat(300)).name().chars().count(), 255);
    }

    #[test]
    fn repeated_file_is_an_error_of_one() {
        let mut files = Files::default();
        files.push("photo".to_owned(), file("a"));
        files.push("other".to_owned(), file("b"));
        assert_eq!(files.one("photo").unwrap().map(UploadedFile::name), Some("a"));
        assert!(files.one("missing").unwrap().is_none());
        files.push("photo".to_owned(), file("c"));
        assert_eq!(files.one("photo").unwrap_err(), FieldError::Repeated);
        assert_eq!(files.all("photo").map(UploadedFile::name).collect::<Vec<_>>(), ["a", "c"]);
    }

    #[test]
    fn debug_shows_no_content() {
        let mut files = Files::default();
        files.push("photo".to_owned(), file("hush.png"));
        assert_eq!(format!("{files:?} {:?}", file("hush.png")), r#"["photo"] UploadedFile(3 bytes)"#);
    }
}
