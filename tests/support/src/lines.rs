use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use flate2::read::GzDecoder;

/// The text of a file, decompressed if its name ends in `.gz`.
pub fn text(path: &Path) -> String {
    let mut text = String::new();
    let read = reader(path).read_to_string(&mut text);
    read.unwrap_or_else(|error| crate::unreadable(path, &error));
    text
}

/// The lines of a file, decompressed if its name ends in `.gz`.
///
/// Only newlines end lines: JSON may contain other separators.
pub fn lines(path: &Path) -> impl Iterator<Item = String> {
    let path = path.to_owned();
    reader(&path)
        .lines()
        .map(move |line| line.unwrap_or_else(|error| crate::unreadable(&path, &error)))
}

fn reader(path: &Path) -> Box<dyn BufRead> {
    let file = File::open(path).unwrap_or_else(|error| crate::unreadable(path, &error));
    if path.extension().is_some_and(|extension| extension == "gz") {
        Box::new(BufReader::new(GzDecoder::new(file)))
    } else {
        Box::new(BufReader::new(file))
    }
}
