//! Counts the values of columns over all that is found.

use std::collections::BTreeMap;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::StrColumn;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

/// How many there are of each value.
pub type Counts = BTreeMap<String, u64>;

/// Counts the values of some columns.
pub struct Tally {
    pub columns: Vec<String>,
}

/// The same, in one segment.
pub struct SegmentTally {
    columns: Vec<(Option<StrColumn>, Vec<u64>)>,
}

impl Collector for Tally {
    type Fruit = Vec<Counts>;
    type Child = SegmentTally;

    fn for_segment(
        &self,
        _: SegmentOrdinal,
        segment: &SegmentReader,
    ) -> tantivy::Result<SegmentTally> {
        let columns = self.columns.iter().map(|name| {
            let column = segment.fast_fields().str(name)?;
            let values = column.as_ref().map_or(0, |column| column.num_terms());
            Ok((column, vec![0; values]))
        });
        Ok(SegmentTally {
            columns: columns.collect::<tantivy::Result<_>>()?,
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Vec<Counts>>) -> tantivy::Result<Vec<Counts>> {
        let mut all = vec![Counts::new(); self.columns.len()];
        for segment in segments {
            for (all, counts) in all.iter_mut().zip(segment) {
                for (value, count) in counts {
                    *all.entry(value).or_default() += count;
                }
            }
        }
        Ok(all)
    }
}

impl SegmentCollector for SegmentTally {
    type Fruit = Vec<Counts>;

    fn collect(&mut self, doc: DocId, _: Score) {
        for (column, counts) in &mut self.columns {
            let Some(column) = column else { continue };
            for value in column.ords().values_for_doc(doc) {
                if let Some(count) = usize::try_from(value).ok().and_then(|v| counts.get_mut(v)) {
                    *count += 1;
                }
            }
        }
    }

    fn harvest(self) -> Vec<Counts> {
        let columns = self.columns.into_iter().map(|(column, counts)| {
            let mut by_value = Counts::new();
            let Some(column) = column else {
                return by_value;
            };
            let mut value = String::new();
            for (place, count) in (0..).zip(counts).filter(|(_, count)| *count > 0) {
                if column.ord_to_str(place, &mut value).unwrap_or(false) {
                    by_value.insert(value.clone(), count);
                }
            }
            by_value
        });
        columns.collect()
    }
}
