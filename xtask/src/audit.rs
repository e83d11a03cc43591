//! `cargo xtask audit`: checks the pages by three programs. axe-core checks each state in a browser, the W3C's HTML
//! checker its source, and Lighthouse measures each page once. Installing them is in `packages`.

mod lighthouse;
mod markup;
mod packages;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context as _, bail};

use self::lighthouse::{Page, Runs};
use crate::{command, gallery, report};

/// Which pages, and how often they are measured.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only states whose name contains this text, such as `triplanned` or `party-full`.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// How often Lighthouse measures each page; the median counts. 0 skips Lighthouse.
    #[arg(long, value_name = "N", default_value_t = 5)]
    runs: u32,
}

/// Runs all three. Any finding is an error.
pub(crate) fn run(root: &Path, options: &Options) -> anyhow::Result<()> {
    let target = command::target(root)?;
    let folder = target.join("audit");
    let packages = packages::install(root, &folder)?;
    let sources = folder.join("sources");
    if sources.exists() {
        fs::remove_dir_all(&sources)?;
    }
    let mut gallery = gallery::command(root, &target)?;
    gallery.arg("--axe").arg(packages.axe()).arg("--sources").arg(&sources).arg("--stay");
    gallery.args(options.only.iter().flat_map(|only| ["--only", only]));

    let (gallery, pages) = RunningGallery::start(&mut gallery)?;
    let mut findings = markup::check(&packages.vnu(), &sources)?;
    if let Some(runs) = Runs::new(options.runs) {
        let lighthouse = packages.lighthouse()?;
        for page in &pages {
            let measured = lighthouse::measure(&lighthouse, page, runs);
            findings.extend(measured.unwrap_or_else(|error| vec![format!("{}: {error:#}", page.name)]));
        }
    }
    findings.extend(gallery.finish()?);
    report("audit", &findings)
}

/// The gallery, which serves its pages until it is finished.
struct RunningGallery {
    program: Child,
    output: BufReader<ChildStdout>,
}

impl RunningGallery {
    /// Starts the gallery and reads the pages to measure: lines that begin with `measure`, up to one with that word
    /// alone.
    fn start(gallery: &mut Command) -> anyhow::Result<(Self, Vec<Page>)> {
        let mut program =
            gallery.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("could not start the gallery")?;
        let mut output = BufReader::new(program.stdout.take().context("its output is piped")?);
        let mut pages = Vec::new();
        let mut line = String::new();
        while output.read_line(&mut line)? > 0 {
            match parse(line.trim_end_matches('\n')) {
                Line::Page(page) => pages.push(page),
                Line::Ready => return Ok((Self { program, output }, pages)),
                Line::Other(text) => println!("{text}"),
            }
            line.clear();
        }
        bail!("the gallery ended before its pages were served ({})", program.wait()?)
    }

    /// Ends the gallery and returns its own findings.
    fn finish(mut self) -> anyhow::Result<Vec<String>> {
        drop(self.program.stdin.take());
        let lines = self.output.lines().collect::<Result<Vec<_>, _>>()?;
        let is_clean = self.program.wait()?.success();
        Ok(if is_clean { Vec::new() } else { lines })
    }
}

/// A line of the gallery's output.
#[derive(Debug, PartialEq)]
enum Line<'a> {
    Page(Page),
    Ready,
    Other(&'a str),
}

fn parse(line: &str) -> Line<'_> {
    let mut words = line.split('\t');
    match (words.next(), words.next(), words.next(), words.next()) {
        (Some("measure"), Some(name), Some(url), Some(cookies)) => {
            Line::Page(Page { name: name.into(), url: url.into(), cookies: cookies.into() })
        }
        (Some("measure"), None, None, None) => Line::Ready,
        _ => Line::Other(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gallery_lines_are_parsed() {
        let page = Page { name: "recipe-home".into(), url: "http://localhost:1/home".into(), cookies: "a=b".into() };
        assert_eq!(parse("measure\trecipe-home\thttp://localhost:1/home\ta=b"), Line::Page(page));
        assert_eq!(parse("measure"), Line::Ready);
        assert_eq!(parse("73 states, nothing found"), Line::Other("73 states, nothing found"));
    }

    #[test]
    fn gallery_findings_are_returned_and_early_end_is_an_error() {
        let shell = |script: &str| {
            let mut shell = Command::new("sh");
            shell.args(["-c", script]);
            shell
        };
        let (clean, pages) = RunningGallery::start(&mut shell("echo measure; read -r _; echo nothing found")).unwrap();
        assert_eq!((clean.finish().unwrap(), pages), (Vec::<String>::new(), Vec::new()));
        let (failing, _) =
            RunningGallery::start(&mut shell("echo measure; read -r _; echo axe: label; exit 1")).unwrap();
        assert_eq!(failing.finish().unwrap(), ["axe: label"]);
        assert!(RunningGallery::start(&mut shell("echo no browser; exit 1")).is_err());
    }
}
