//! Closes a browser, and first saves a picture of the page and its source where the test has failed. Both happen when
//! the browser is dropped.

#![allow(clippy::print_stderr, reason = "a failing test prints where its files are")]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::Context as _;
use thirtyfour::WebDriver;

/// Closes the browser. Where the test has failed, it first saves what the browser shows.
///
/// A drop cannot wait on the test's runtime, which may be the blocked one, so a thread with a runtime of its own does
/// it.
pub(super) fn save_and_close(driver: WebDriver, name: &str, has_failed: bool) {
    let stem = has_failed.then(|| folder().map(|folder| folder.join(name)));
    let closing = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            if let Some(stem) = stem {
                let saved = async { save(&driver, &stem?).await };
                saved.await.unwrap_or_else(|error| eprintln!("could not save the browser's page: {error:#}"));
            }
            anyhow::Ok(driver.quit().await?)
        })
    });
    match closing.join() {
        Ok(Ok(())) => {}
        Ok(Err(error)) => eprintln!("the browser did not close: {error:#}"),
        Err(_) => eprintln!("the browser did not close: its thread panicked"),
    }
}

async fn save(driver: &WebDriver, stem: &Path) -> anyhow::Result<()> {
    let (picture, page) = (stem.with_extension("png"), stem.with_extension("html"));
    fs::create_dir_all(stem.parent().context("no folder")?)?;
    let address = driver.current_url().await?;
    fs::write(&page, driver.source().await?)?;
    driver.screenshot(&picture).await?;
    eprintln!("the browser was at {address}: see {} and {}", picture.display(), page.display());
    Ok(())
}

/// `target/browser-failures/<test>`.
fn folder() -> anyhow::Result<PathBuf> {
    let program = env::current_exe()?; // target/debug/deps/program
    let target = program.ancestors().nth(3).context("the test program is not in a target folder")?;
    let test = thread::current().name().unwrap_or("test").replace("::", ".");
    Ok(target.join("browser-failures").join(test))
}
