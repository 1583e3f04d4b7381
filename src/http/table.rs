//! Tables as CSV, which people open in spreadsheets.

use crate::http::problem::Problem;
use crate::publish::tables::harmless;

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
