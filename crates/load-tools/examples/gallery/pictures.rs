//! Takes the pictures of each state: at four widths, in light and dark, and once in forced colors.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use load_tools::contact_sheet::{self, View};
use test_support::browser::Media;

use crate::camera::Camera;
use crate::state::State;

const VIEWS: [View; 8] = [
    View { width: 320, colors: "light" },
    View { width: 320, colors: "dark" },
    View { width: 390, colors: "light" },
    View { width: 390, colors: "dark" },
    View { width: 800, colors: "light" },
    View { width: 1280, colors: "light" },
    View { width: 1280, colors: "dark" },
    View { width: 1280, colors: "forced" },
];

/// A folder of pictures.
pub(crate) struct Pictures {
    folder: PathBuf,
    states: Vec<String>,
}

impl Pictures {
    pub(crate) fn new(folder: impl AsRef<Path>) -> Self {
        Self { folder: folder.as_ref().to_owned(), states: Vec::new() }
    }

    /// Takes all pictures of the state that the camera shows.
    pub(crate) async fn take(&mut self, state: &State, camera: &Camera) -> anyhow::Result<()> {
        for view in VIEWS {
            let media =
                Media { dark: view.colors != "light", reduced_motion: true, forced_colors: view.colors == "forced" };
            camera.set_view(view.width, media).await?;
            camera.browser().screenshot(&self.folder.join(view.file(&state.name))).await?;
        }
        self.states.push(state.name.clone());
        Ok(())
    }

    /// Writes `index.html`, which shows them all.
    pub(crate) fn write_contact_sheet(&self) -> anyhow::Result<()> {
        let file = self.folder.join("index.html");
        let page = contact_sheet::html(&self.states, &VIEWS);
        fs::write(&file, page).with_context(|| format!("could not write {}", file.display()))?;
        println!("{} pictures: open {}", self.states.len() * VIEWS.len(), file.display());
        Ok(())
    }
}
