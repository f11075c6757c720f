//! A queue of length one for a slow writer: while one item is being written, only the newest of the others waits.

/// `Newest` says which item a writer writes next. It drops items that are replaced while they wait.
#[derive(Debug)]
pub struct Newest<T> {
    /// Whether an item is being written.
    busy: bool,
    waiting: Option<T>,
}

impl<T> Default for Newest<T> {
    fn default() -> Self {
        Self { busy: false, waiting: None }
    }
}

impl<T> Newest<T> {
    /// Takes a new item. If it is returned, the caller writes it now; otherwise it waits, in place of the item that
    /// waited.
    pub fn offer(&mut self, item: T) -> Option<T> {
        if self.busy {
            self.waiting = Some(item);
            None
        } else {
            self.busy = true;
            Some(item)
        }
    }

    /// Reports that an item has been written, and returns the next item to write.
    pub fn written(&mut self) -> Option<T> {
        let next = self.waiting.take();
        self.busy = next.is_some();
        next
    }

    /// Whether an item is being written.
    pub fn is_busy(&self) -> bool {
        self.busy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_waits() {
        let mut newest = Newest::default();
        assert_eq!(newest.offer(1), Some(1));
        assert_eq!((newest.offer(2), newest.offer(3)), (None, None));
        assert_eq!(newest.written(), Some(3), "2 is dropped");
        assert!(newest.is_busy());
        assert_eq!((newest.written(), newest.is_busy()), (None, false));
        assert_eq!(newest.offer(4), Some(4));
    }
}
