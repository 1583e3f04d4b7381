//! What became different: the changes of an entity in the log, what it was at a time, and in what
//! two of its states differ. It reads the log's records and never writes.
