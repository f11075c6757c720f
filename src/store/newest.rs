//! What waits to be written while something else is being written: the newest, and nothing else.

/// A writer that is slower than what it is to write.
#[derive(Debug)]
pub struct Newest<T> {
    busy: bool,
    waiting: Option<T>,
}

impl<T> Default for Newest<T> {
    fn default() -> Self {
        Self { busy: false, waiting: None }
    }
}

impl<T> Newest<T> {
    /// Something new. It is to be written now if it comes back; otherwise it waits, and takes the place of what did.
    pub fn offer(&mut self, item: T) -> Option<T> {
        if self.busy {
            self.waiting = Some(item);
            None
        } else {
            self.busy = true;
            Some(item)
        }
    }

    /// The writer is done. What comes back is to be written next.
    pub fn written(&mut self) -> Option<T> {
        let next = self.waiting.take();
        self.busy = next.is_some();
        next
    }

    /// Whether something is being written.
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
        assert_eq!(newest.written(), Some(3), "2 is passed over");
        assert!(newest.is_busy());
        assert_eq!((newest.written(), newest.is_busy()), (None, false));
        assert_eq!(newest.offer(4), Some(4));
    }
}
