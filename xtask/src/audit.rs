//! `cargo xtask audit`: what others' programs find wrong with the pages. axe-core looks at each state in a browser, the
//! W3C's checker at its source, Lighthouse at each page once. How the programs get here is in `packages`.

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

/// How far.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only the states whose name holds this, such as `triplanned` or `party-full`.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// How often Lighthouse measures each page: its median counts; 0 leaves Lighthouse out.
    #[arg(long, value_name = "N", default_value_t = 5)]
    runs: u32,
}

/// Runs all three, and fails where any of them finds anything.
pub(crate) fn run(root: &Path, options: &Options) -> anyhow::Result<()> {
    let target = command::target(root)?;
    let folder = target.join("audit");
    let packages = packages::provide(root, &folder)?;
    let sources = folder.join("sources");
    if sources.exists() {
        fs::remove_dir_all(&sources)?;
    }
    let mut gallery = gallery::open(root, &target)?;
    gallery.arg("--axe").arg(packages.axe()).arg("--sources").arg(&sources).arg("--stay");
    gallery.args(options.only.iter().flat_map(|only| ["--only", only]));

    let (shown, pages) = Shown::open(&mut gallery)?;
    let mut findings = markup::check(&packages.vnu(), &sources)?;
    if let Some(runs) = Runs::new(options.runs) {
        let lighthouse = packages.lighthouse()?;
        for page in &pages {
            let measured = lighthouse::measure(&lighthouse, page, runs);
            findings.extend(measured.unwrap_or_else(|error| vec![format!("{}: {error:#}", page.name)]));
        }
    }
    findings.extend(shown.close()?);
    report("audit", &findings)
}

/// The gallery, with its pages up.
struct Shown {
    program: Child,
    said: BufReader<ChildStdout>,
}

impl Shown {
    /// Starts it, and waits until it has told which pages are to be measured: the lines that begin with `measure`, up to
    /// one that says no more.
    fn open(gallery: &mut Command) -> anyhow::Result<(Self, Vec<Page>)> {
        let mut program = gallery.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("no gallery")?;
        let mut said = BufReader::new(program.stdout.take().context("its output is piped")?);
        let mut pages = Vec::new();
        let mut line = String::new();
        while said.read_line(&mut line)? > 0 {
            match told(line.trim_end_matches('\n')) {
                Told::Page(page) => pages.push(page),
                Told::Ready => return Ok((Self { program, said }, pages)),
                Told::Other(text) => println!("{text}"),
            }
            line.clear();
        }
        bail!("the gallery ended before its pages were up ({})", program.wait()?)
    }

    /// Ends it, and gives what it found by itself.
    fn close(mut self) -> anyhow::Result<Vec<String>> {
        drop(self.program.stdin.take());
        let lines = self.said.lines().collect::<Result<Vec<_>, _>>()?;
        let is_clean = self.program.wait()?.success();
        Ok(if is_clean { Vec::new() } else { lines })
    }
}

/// A line of the gallery.
#[derive(Debug, PartialEq)]
enum Told<'a> {
    Page(Page),
    Ready,
    Other(&'a str),
}

fn told(line: &str) -> Told<'_> {
    let mut words = line.split('\t');
    match (words.next(), words.next(), words.next(), words.next()) {
        (Some("measure"), Some(name), Some(url), Some(cookies)) => {
            Told::Page(Page { name: name.into(), url: url.into(), cookies: cookies.into() })
        }
        (Some("measure"), None, None, None) => Told::Ready,
        _ => Told::Other(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gallery_is_understood() {
        let page = Page { name: "recipe-home".into(), url: "http://localhost:1/home".into(), cookies: "a=b".into() };
        assert_eq!(told("measure\trecipe-home\thttp://localhost:1/home\ta=b"), Told::Page(page));
        assert_eq!(told("measure"), Told::Ready);
        assert_eq!(told("73 states, nothing found"), Told::Other("73 states, nothing found"));
    }

    #[test]
    fn what_the_gallery_finds_is_told_and_an_early_end_is_an_error() {
        let shell = |script: &str| {
            let mut shell = Command::new("sh");
            shell.args(["-c", script]);
            shell
        };
        let (clean, pages) = Shown::open(&mut shell("echo measure; read -r _; echo nothing found")).unwrap();
        assert_eq!((clean.close().unwrap(), pages), (Vec::<String>::new(), Vec::new()));
        let (poor, _) = Shown::open(&mut shell("echo measure; read -r _; echo axe: label; exit 1")).unwrap();
        assert_eq!(poor.close().unwrap(), ["axe: label"]);
        assert!(Shown::open(&mut shell("echo no browser; exit 1")).is_err());
    }
}
