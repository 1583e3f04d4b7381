//! Tables as CSV, which people open in spreadsheets.

use crate::http::problem::Problem;

/// The lines of a table as CSV; the first names the columns.
///
/// # Errors
/// Never in practice: writing into memory does not fail.
pub fn csv(lines: impl IntoIterator<Item = Vec<String>>) -> Result<Vec<u8>, Problem> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for line in lines {
        let cells = line.iter().map(|cell| harmless(cell));
        let written = writer.write_record(cells.map(|cell| cell.into_bytes()));
        written.map_err(Problem::internal)?;
    }
    writer
        .into_inner()
        .map_err(|error| Problem::internal(error.error()))
}

/// A cell that no spreadsheet takes for a formula, whoever wrote its text.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_begins_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert!(harmless(text).starts_with('\''), "{text}");
        }
        assert_eq!(harmless("a=1"), "a=1");
    }
}
