//! The checkout as text: every file that belongs to the project, once read. No rule in here.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use walkdir::{DirEntry, WalkDir};

use crate::translations::Catalogues;

/// One file of the project. Bytes that are not UTF-8 are replaced, so that traces in binary files are seen too.
pub(crate) struct SourceFile {
    /// Path from the root of the checkout, with `/`.
    pub(crate) path: String,
    /// Its content.
    pub(crate) text: String,
}

/// All files of the project.
pub(crate) struct Tree {
    /// The root of the checkout.
    pub(crate) root: PathBuf,
    /// Every file, ascending by path.
    pub(crate) files: Vec<SourceFile>,
    /// Names directly under the root, those that version control ignores left out.
    pub(crate) top_level: Vec<String>,
}

impl Tree {
    /// Reads the checkout this test was built from.
    pub(crate) fn read() -> Self {
        let root =
            Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests lie in the checkout").to_owned();
        let ignored = ignored_folders(&fs::read_to_string(root.join(".gitignore")).unwrap_or_default());
        let belongs = |entry: &DirEntry| {
            let path = relative(&root, entry.path());
            let build_output = entry.file_type().is_dir() && entry.file_name() == "target";
            !build_output && path != ".git" && !ignored.contains(&path)
        };
        let entries: Vec<DirEntry> = WalkDir::new(&root)
            .min_depth(1)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(belongs)
            .map(|entry| entry.expect("a readable checkout"))
            .collect();
        let top_level = entries.iter().filter(|entry| entry.depth() == 1);
        let top_level = top_level.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        let files = entries.iter().filter(|entry| entry.file_type().is_file()).map(|entry| {
            let bytes = fs::read(entry.path()).expect("a readable file");
            let text = String::from_utf8_lossy(&bytes).into_owned();
            SourceFile { path: relative(&root, entry.path()), text }
        });
        Self { files: files.collect(), top_level, root }
    }

    /// Rust sources, without those a program wrote and without the fuzz targets.
    pub(crate) fn rust_files(&self) -> impl Iterator<Item = &SourceFile> {
        let rust =
            |file: &&SourceFile| Path::new(&file.path).extension().is_some_and(|extension| extension == "rs");
        let generated = |file: &SourceFile| file.text.lines().take(3).any(|line| line.contains("@generated"));
        let fuzz = |file: &SourceFile| file.path.starts_with("tests/fuzz/");
        self.files.iter().filter(rust).filter(move |file| !generated(file) && !fuzz(file))
    }

    /// The content of one file; empty if there is none.
    pub(crate) fn text(&self, path: &str) -> &str {
        self.files.iter().find(|file| file.path == path).map_or("", |file| &file.text)
    }

    /// Translations by folder of locales, then by language: all their files one after the other.
    pub(crate) fn translations(&self) -> BTreeMap<String, Catalogues> {
        let mut folders: BTreeMap<String, Catalogues> = BTreeMap::new();
        for file in &self.files {
            let Some((folder, rest)) = file.path.split_once("/locales/") else { continue };
            let (Some((language, _)), Some("ftl")) = (rest.split_once('/'), extension(rest)) else {
                continue;
            };
            let catalogue =
                folders.entry(format!("{folder}/locales")).or_default().entry(language.to_owned());
            let text = catalogue.or_default();
            text.push_str(&file.text);
            text.push('\n');
        }
        folders
    }
}

fn extension(path: &str) -> Option<&str> {
    Path::new(path).extension().and_then(|extension| extension.to_str())
}

fn relative(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).expect("below the root");
    below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Paths that `.gitignore` names from the root, which is the only form we use.
fn ignored_folders(gitignore: &str) -> Vec<String> {
    let rooted = gitignore.lines().filter_map(|line| line.trim().strip_prefix('/'));
    rooted.map(|path| path.trim_end_matches('/').to_owned()).collect()
}

#[test]
fn ignored_folders_are_those_from_the_root() {
    assert_eq!(ignored_folders("/target\n# note\n\n/a/b/\n"), ["target", "a/b"]);
}
