//! How tabs agree which of them owns a run, where the browser has no locks: a tab that wants a run asks all others, and takes
//! it if none answers that the run is its own. A tab that has crashed answers nothing, so it owns nothing.
//!
//! This module decides and knows no browser; `locks` carries the words between the tabs.

/// What a tab says to all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// “Which runs do you own?”
    Ask,
    /// “I want this run”, with the number of the tab that says so.
    Want {
        /// The number of the tab.
        tab: u64,
        /// The run's key.
        key: u64,
    },
    /// “This run is mine.”
    Mine(u64),
}

/// The runs that a tab owns, wants, or has heard of.
#[derive(Debug, Default)]
pub struct Claims {
    /// A number that only this tab has.
    tab: u64,
    owned: Vec<u64>,
    wanted: Vec<u64>,
    /// The runs that others have called theirs since this tab last asked.
    of_others: Vec<u64>,
}

impl Claims {
    /// The claims of a tab that has just opened, under a number that only this tab has.
    pub fn new(tab: u64) -> Self {
        Self { tab, ..Self::default() }
    }

    /// Forgets what the others own. Returns the question to say to them; their answers follow.
    pub fn ask(&mut self) -> Word {
        self.of_others.clear();
        Word::Ask
    }

    /// Begins to claim a run. Returns what to say to the others; [`decide`](Self::decide) follows after a while.
    pub fn want(&mut self, key: u64) -> Word {
        self.of_others.retain(|other| *other != key);
        self.wanted.push(key);
        Word::Want { tab: self.tab, key }
    }

    /// Ends a claim. Returns whether the run belongs to this tab now.
    pub fn decide(&mut self, key: u64) -> bool {
        self.wanted.retain(|wanted| *wanted != key);
        let is_free = !self.of_others.contains(&key) && !self.owned.contains(&key);
        if is_free {
            self.owned.push(key);
        }
        is_free
    }

    /// Gives up a run.
    pub fn release(&mut self, key: u64) {
        self.owned.retain(|owned| *owned != key);
    }

    /// Returns the runs that this or another tab owns, as far as the others have answered.
    pub fn known(&self) -> Vec<u64> {
        self.owned.iter().chain(&self.of_others).copied().collect()
    }

    /// Hears another tab. Returns the answers.
    pub fn hear(&mut self, word: Word) -> Vec<Word> {
        match word {
            Word::Ask => self.owned.iter().copied().map(Word::Mine).collect(),
            Word::Mine(key) => {
                self.of_others.push(key);
                Vec::new()
            }
            // Of two tabs that want a run at the same time, the one with the smaller number gets it.
            Word::Want { tab, key } if self.owned.contains(&key) || (self.wanted.contains(&key) && self.tab < tab) => {
                vec![Word::Mine(key)]
            }
            Word::Want { key, .. } if self.wanted.contains(&key) => {
                self.of_others.push(key);
                Vec::new()
            }
            Word::Want { .. } => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says a word of one tab to all others, and their answers to all others again, until nobody answers.
    fn say(tabs: &mut [Claims], from: usize, word: Word) {
        for other in 0..tabs.len() {
            if other != from {
                for answer in tabs[other].hear(word) {
                    say(tabs, other, answer);
                }
            }
        }
    }

    fn claim(tabs: &mut [Claims], who: usize, key: u64) -> bool {
        let word = tabs[who].want(key);
        say(tabs, who, word);
        tabs[who].decide(key)
    }

    fn known(tabs: &mut [Claims], who: usize) -> Vec<u64> {
        let word = tabs[who].ask();
        say(tabs, who, word);
        tabs[who].known()
    }

    #[test]
    fn a_run_has_one_owner_until_it_is_released() {
        let mut tabs = [5, 3, 9].map(Claims::new);
        assert!(claim(&mut tabs, 0, 70));
        assert!(!claim(&mut tabs, 1, 70) && !claim(&mut tabs, 2, 70) && !claim(&mut tabs, 0, 70));
        assert!(claim(&mut tabs, 1, 71), "another run is free");
        assert_eq!([known(&mut tabs, 0), known(&mut tabs, 2)], [vec![70, 71], vec![70, 71]]);
        tabs[0].release(70);
        assert_eq!(known(&mut tabs, 2), [71]);
        assert!(claim(&mut tabs, 2, 70) && !claim(&mut tabs, 0, 70));
    }

    #[test]
    fn of_two_tabs_that_want_a_run_at_once_one_gets_it() {
        for numbers in [[4, 8], [8, 4]] {
            let mut tabs = numbers.map(Claims::new);
            let words = [tabs[0].want(70), tabs[1].want(70)];
            say(&mut tabs, 0, words[0]);
            say(&mut tabs, 1, words[1]);
            let got = [tabs[0].decide(70), tabs[1].decide(70)];
            assert_eq!(got, [numbers[0] < numbers[1], numbers[1] < numbers[0]]);
        }
    }

    #[test]
    fn a_tab_that_is_gone_owns_nothing() {
        let mut tabs = vec![Claims::new(1), Claims::new(2)];
        assert!(claim(&mut tabs, 0, 70));
        assert_eq!(known(&mut tabs, 1), [70]);
        tabs.remove(0);
        assert!(known(&mut tabs, 0).is_empty());
        assert!(claim(&mut tabs, 0, 70));
    }
}
