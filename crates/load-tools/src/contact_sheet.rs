//! The HTML page that shows all pictures of a gallery, one row for each page state.

use std::fmt::Write as _;

/// How a picture was taken: the page's width in CSS pixels and its colors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// The width of the page in CSS pixels.
    pub width: u32,
    /// The color scheme: `light`, `dark` or `forced`.
    pub colors: &'static str,
}

impl View {
    /// The file name of the picture of a state.
    #[must_use]
    pub fn file(&self, state: &str) -> String {
        format!("{state}-{}-{}.png", self.width, self.colors)
    }
}

/// The page with the pictures of `states`, each in all `views`. State names are not escaped: they are constants of
/// ours.
#[must_use]
pub fn html(states: &[String], views: &[View]) -> String {
    let mut page = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Every page in each of its states</title>\n\
         <style>body{font:16px system-ui;background:#888}p{display:flex;gap:8px;overflow-x:auto;align-items:start}\
         img{height:420px;object-fit:cover;object-position:top}</style>\n",
    );
    for state in states {
        let _ = writeln!(page, "<h2 id=\"{state}\">{state}</h2>\n<p>"); // writing to a String cannot fail
        for view in views {
            let (file, width, colors) = (view.file(state), view.width, view.colors);
            let image = format!(
                "<img loading=\"lazy\" src=\"{file}\" width=\"{}\" alt=\"{width} px, {colors}\">",
                width.min(600)
            );
            let _ = writeln!(page, "<a href=\"{file}\">{image}</a>");
        }
        page.push_str("</p>\n");
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheet_shows_each_view_of_each_state() {
        let views = [View { width: 320, colors: "light" }, View { width: 320, colors: "dark" }];
        let page = html(&["recipe-home-cook".into(), "recipe-login-error".into()], &views);
        assert_eq!(page.matches("<img ").count(), 4);
        assert!(page.contains("src=\"recipe-login-error-320-dark.png\""), "{page}");
    }
}
