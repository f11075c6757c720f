//! Gradsheet
