//! The pictures, and the page to leaf through them.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use test_support::browser::Media;

use crate::state::State;
use crate::viewer::Viewer;

/// What a picture is taken of: how wide, and by which colors.
const VIEWS: [(u32, &str, Media); 7] = [
    (320, "light", LIGHT),
    (320, "dark", DARK),
    (390, "light", LIGHT),
    (390, "dark", DARK),
    (1280, "light", LIGHT),
    (1280, "dark", DARK),
    (1280, "forced", Media { dark: true, reduced_motion: true, forced_colors: true }),
];
const LIGHT: Media = Media { dark: false, reduced_motion: true, forced_colors: false };
const DARK: Media = Media { dark: true, ..LIGHT };

/// Pictures in a folder.
pub(crate) struct Album {
    folder: PathBuf,
    names: Vec<String>,
}

impl Album {
    pub(crate) fn new(folder: impl AsRef<Path>) -> Self {
        Self { folder: folder.as_ref().to_owned(), names: Vec::new() }
    }

    /// Takes the pictures of the state that is before the viewer.
    pub(crate) async fn take(&mut self, state: &State, viewer: &Viewer) -> anyhow::Result<()> {
        for (width, colors, media) in VIEWS {
            viewer.dress(width, media).await?;
            viewer.browser().screenshot(&self.folder.join(picture(&state.name, width, colors))).await?;
        }
        self.names.push(state.name.clone());
        Ok(())
    }

    /// Writes the page that shows them all.
    pub(crate) fn bind(&self) -> anyhow::Result<()> {
        let file = self.folder.join("index.html");
        fs::write(&file, leaves(&self.names)).with_context(|| format!("could not write {}", file.display()))?;
        println!("{} pictures: open {}", self.names.len() * VIEWS.len(), file.display());
        Ok(())
    }
}

fn picture(state: &str, width: u32, colors: &str) -> String {
    format!("{state}-{width}-{colors}.png")
}

/// A row of pictures for each state. The names are our own: nothing in them is to be escaped.
fn leaves(names: &[String]) -> String {
    let mut page = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Every page in each of its states</title>\n\
         <style>body{font:16px system-ui;background:#888}p{display:flex;gap:8px;overflow-x:auto;align-items:start}\
         img{height:420px;object-fit:cover;object-position:top}</style>\n",
    );
    for name in names {
        let _ = writeln!(page, "<h2 id=\"{name}\">{name}</h2>\n<p>"); // a String takes any text
        for (width, colors, _) in VIEWS {
            let (file, shown) = (picture(name, width, colors), width.min(600));
            let alt = format!("{width} px, {colors}");
            let _ = writeln!(
                page,
                "<a href=\"{file}\"><img loading=\"lazy\" src=\"{file}\" width=\"{shown}\" alt=\"{alt}\"></a>"
            );
        }
        page.push_str("</p>\n");
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_album_shows_each_picture_of_each_state() {
        let page = leaves(&["recipe-home-cook".into(), "recipe-login-error".into()]);
        assert_eq!(page.matches("<img ").count(), 2 * VIEWS.len());
        assert!(page.contains("src=\"recipe-login-error-320-dark.png\""), "{page}");
    }
}
