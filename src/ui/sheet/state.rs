//! What the sheet's components share: the race of runs, the selected cell, how it is stepped through and shown.

use leptos::prelude::*;

use super::practice::feedback::Feedback;
use super::racer::Racer;
use crate::sheet::formula::{self, Values};
use crate::sheet::lesson::{Change, History, Lesson, Setup};
use crate::sheet::number::Digits;
use crate::sheet::phase::{next_phase, previous_phase};
use crate::sheet::selection::Selection;
use crate::sheet::{Cell, Column, Exercise, Expr, Permalink, Phase, Practice, Race, Row, Term};
use crate::ui::kit::memo::memo;

/// How a cell stands to the selected one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mark {
    #[default]
    None,
    /// Its own formula refers to the selected cell.
    Dependent,
    /// The selected cell's formula refers to it; the shade tells two of one quantity apart.
    Precedent { shade: usize },
    /// It is the selected cell.
    Selected,
}

/// What a step, and a beat of playing, is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Stride {
    #[default]
    Row,
    Phase,
}

/// The view beside the network, or on a phone in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Panel {
    /// On a phone only: elsewhere the network is always there.
    Network,
    Curves,
    Rates,
    GradientCheck,
}

/// Signals that the sheet's components share through the context.
#[derive(Clone, Copy)]
pub(crate) struct SheetState {
    history: RwSignal<History>,
    /// Constants and learning rate that the user set.
    pub(crate) lesson: Memo<Lesson>,
    pub(crate) learning_rate: Memo<f64>,
    /// Updates after row 0 that the user set.
    pub(crate) own_updates: Memo<usize>,
    /// Updates after row 0 of the sheet that is shown: the user's, or those of an exercise.
    pub(crate) updates: Memo<usize>,
    racer: Racer,
    /// The runs, as far as they are computed.
    pub(crate) race: RwSignal<Race>,
    /// The cell that was asked for; its row may not be computed yet.
    wanted: RwSignal<Cell>,
    /// The selected cell; its row is the sheet's current row, and always one that is there.
    pub(crate) cell: Memo<Cell>,
    /// The cell's row by itself, so that moving within the row changes nothing that depends on it.
    pub(crate) row: Memo<usize>,
    /// The last row that is there.
    pub(crate) last_row: Memo<usize>,
    /// The phase that computes the selected cell.
    pub(crate) phase: Memo<Phase>,
    /// The corner opposite to the selected cell, while more than one cell is selected.
    anchor: RwSignal<Option<Cell>>,
    /// The selected cells.
    pub(crate) selection: Memo<Selection>,
    pub(crate) playing: RwSignal<bool>,
    pub(crate) stride: RwSignal<Stride>,
    /// Beats a second while playing, from 1 to 60.
    pub(crate) speed: RwSignal<u32>,
    pub(crate) digits: RwSignal<Digits>,
    /// Whether cells are tinted by size and sign.
    pub(crate) tint: RwSignal<bool>,
    pub(crate) panel: RwSignal<Panel>,
    /// The exercise that is worked on; `practice` follows it.
    pub(crate) exercise: RwSignal<Option<Exercise>>,
    /// That exercise's sheet, which is shown in place of the user's, and how far the student has come.
    pub(crate) practice: RwSignal<Option<Practice>>,
    /// What was said last about the student's answer.
    pub(crate) feedback: RwSignal<Feedback>,
    /// The exercise whose worksheet is being printed.
    pub(crate) print: RwSignal<Option<Exercise>>,
    /// The selected cell's formula; `None` for a given constant.
    pub(crate) formula: Memo<Option<Expr>>,
    /// The cells that this formula refers to, each with its shade.
    pub(crate) precedents: Memo<Vec<(Cell, usize)>>,
    /// The cells whose formulas refer to the selected one.
    pub(crate) dependents: Memo<Vec<Cell>>,
}

impl SheetState {
    /// The sheet that a link describes.
    pub(crate) fn new(link: Permalink) -> Self {
        let history = RwSignal::new(History::new(Setup { lesson: link.lesson, updates: link.updates }));
        let lesson = memo(move || history.with(History::present).lesson);
        let own_updates = memo(move || history.with(History::present).updates);
        let exercise = RwSignal::new(link.exercise);
        let practice = RwSignal::new(link.exercise.map(Practice::start));
        let practised = move || practice.with(|practice| practice.as_ref().map(Practice::last));
        let updates = memo(move || practised().unwrap_or_else(|| own_updates.get()));
        let racer = Racer::new(link.lesson, link.updates);
        let race = racer.race;
        let last_row = memo(move || practised().unwrap_or_else(|| race.with(|race| race.own().last())));
        let wanted = RwSignal::new(Cell { row: link.row, column: link.column });
        let cell = memo(move || at_most(wanted.get(), last_row.get()));
        let anchor = RwSignal::new(None::<Cell>);
        let selection = memo(move || {
            let cell = cell.get();
            Selection::between(anchor.get().map_or(cell, |anchor| at_most(anchor, last_row.get())), cell)
        });
        let formula = memo(move || {
            practice.with(|practice| match practice {
                Some(practice) => practice.hinted_formula(cell.get()),
                None => formula::formula(cell.get().column, cell.get().row == 0),
            })
        });
        let precedents = memo(move || {
            let row = cell.get().row;
            let terms = formula.with(|formula| formula.as_ref().map(Expr::precedents).unwrap_or_default());
            let place = |(index, term): (usize, &Term)| {
                let shade = formula::shade(&terms, index);
                place(*term, row).map(|cell| (cell, shade))
            };
            terms.iter().enumerate().filter_map(place).collect()
        });
        let dependents = memo(move || {
            let mut cells = practice.with(|practice| match practice {
                Some(practice) => formula::dependents(cell.get(), |column, first| practice.formula(column, first)),
                None => formula::dependents(cell.get(), formula::formula),
            });
            cells.retain(|cell| cell.row <= updates.get());
            cells
        });
        Self {
            history,
            lesson,
            learning_rate: memo(move || {
                let practised = practice.with(|practice| practice.as_ref().map(Practice::lesson));
                practised.unwrap_or_else(|| lesson.get()).learning_rate
            }),
            own_updates,
            updates,
            racer,
            race,
            wanted,
            cell,
            row: memo(move || cell.get().row),
            last_row,
            phase: memo(move || Phase::of(cell.get())),
            anchor,
            selection,
            playing: RwSignal::new(false),
            stride: RwSignal::default(),
            speed: RwSignal::new(6),
            digits: RwSignal::new(link.digits),
            tint: RwSignal::new(link.tint),
            panel: RwSignal::new(Panel::Curves),
            exercise,
            practice,
            feedback: RwSignal::default(),
            print: RwSignal::new(None),
            formula,
            precedents,
            dependents,
        }
    }

    /// The link to the sheet as it is.
    pub(crate) fn permalink(self) -> Permalink {
        let Cell { row, column } = self.wanted.get();
        Permalink {
            lesson: self.lesson.get(),
            updates: self.own_updates.get(),
            row,
            column,
            exercise: self.exercise.get(),
            digits: self.digits.get(),
            tint: self.tint.get(),
        }
    }

    /// Takes over the sheet that a link describes; its lesson is one change, which can be undone.
    pub(crate) fn restore(self, link: Permalink) {
        self.playing.set(false);
        self.settle();
        self.change_setup(Change::Everything, |setup| {
            *setup = Setup { lesson: link.lesson, updates: link.updates };
        });
        self.settle();
        self.digits.set(link.digits);
        self.tint.set(link.tint);
        // An exercise in progress goes on if the link is about it.
        if link.exercise != self.exercise.get_untracked() {
            self.exercise.set(link.exercise);
            self.practice.set(link.exercise.map(Practice::start));
        }
        self.select_cell(Cell { row: link.row, column: link.column });
    }

    /// The values of a row.
    pub(crate) fn row_at(self, row: usize) -> Row {
        self.practice.with(|practice| match practice {
            Some(practice) => practice.row(row),
            None => self.race.with(|race| race.own().row(row)),
        })
    }

    /// Calls `read` with what the formulas of a row refer to: that row, the one above, and η.
    pub(crate) fn with_values<T>(self, row: usize, read: impl FnOnce(&Values<'_>) -> T) -> T {
        let (here, above) = (self.row_at(row), self.row_at(row.saturating_sub(1)));
        let practised =
            self.practice.with(|practice| practice.as_ref().map(|practice| practice.lesson().learning_rate));
        let learning_rate = practised.unwrap_or_else(|| self.race.with(|race| race.own().learning_rate()));
        read(&Values { here: &here, above: &above, learning_rate })
    }

    // What is shown.

    /// Selects a cell; rows beyond the last are the last.
    pub(crate) fn select_cell(self, cell: Cell) {
        self.anchor.set(None);
        self.wanted.set(at_most(cell, self.updates.get_untracked()));
    }

    /// Selects everything between the cell selected first and this one.
    pub(crate) fn extend_selection(self, to: Cell) {
        let anchor = self.anchor.get_untracked().unwrap_or_else(|| self.cell.get_untracked());
        self.wanted.set(at_most(to, self.updates.get_untracked()));
        self.anchor.set(Some(anchor));
    }

    /// Selects a column in the current row.
    pub(crate) fn select(self, column: Column) {
        self.select_cell(Cell { column, ..self.cell.get_untracked() });
    }

    /// Makes another row the current one.
    pub(crate) fn go_to(self, row: usize) {
        self.select_cell(Cell { row, ..self.cell.get_untracked() });
    }

    /// How a column stands to the selected cell, in the picture of the current row: there the row above, which an
    /// update refers to, and the row below have no places of their own.
    pub(crate) fn mark(self, column: Column) -> Mark {
        self.mark_where(|cell| cell.column == column)
    }

    /// The strongest mark among the cells of a kind.
    pub(crate) fn mark_where(self, is: impl Fn(Cell) -> bool) -> Mark {
        if is(self.cell.get()) {
            return Mark::Selected;
        }
        if let Some(shade) =
            self.precedents.with(|cells| cells.iter().find(|(cell, _)| is(*cell)).map(|(_, shade)| *shade))
        {
            return Mark::Precedent { shade };
        }
        if self.dependents.with(|cells| cells.iter().any(|cell| is(*cell))) { Mark::Dependent } else { Mark::None }
    }

    // Changes of the lesson.

    /// Changes the lesson, for good: [`SheetState::undo`] can undo it.
    pub(crate) fn change(self, change: Change, edit: impl FnOnce(&mut Lesson)) {
        self.change_setup(change, |setup| edit(&mut setup.lesson));
    }

    fn change_setup(self, change: Change, edit: impl FnOnce(&mut Setup)) {
        self.history.update(|history| {
            let mut setup = history.present();
            edit(&mut setup);
            history.change(change, setup);
        });
        self.rerun();
    }

    /// Changes the learning rate.
    pub(crate) fn set_learning_rate(self, rate: f64) {
        self.change(Change::LearningRate, |lesson| lesson.learning_rate = rate);
    }

    /// Changes a constant of row 0; other columns are computed and stay.
    pub(crate) fn set_constant(self, column: Column, value: f64) {
        self.change(Change::Constant(column), |lesson| {
            if let Some(place) = lesson.constants.get_mut(column) {
                *place = value;
            }
        });
    }

    /// Changes the number of updates, and so of rows.
    pub(crate) fn set_updates(self, updates: usize) {
        self.change_setup(Change::Updates, |setup| setup.updates = updates);
    }

    /// Ends a drag or the typing in a field.
    pub(crate) fn settle(self) {
        self.history.update(History::settle);
    }

    pub(crate) fn can_undo(self) -> bool {
        !self.is_practising() && self.history.with(History::can_undo)
    }

    pub(crate) fn can_redo(self) -> bool {
        !self.is_practising() && self.history.with(History::can_redo)
    }

    pub(crate) fn undo(self) {
        // An exercise hides the lesson that would change.
        if !untrack(|| self.can_undo()) {
            return;
        }
        self.history.update(History::undo);
        self.rerun();
    }

    pub(crate) fn redo(self) {
        // An exercise hides the lesson that would change.
        if !untrack(|| self.can_redo()) {
            return;
        }
        self.history.update(History::redo);
        self.rerun();
    }

    fn rerun(self) {
        let Setup { lesson, updates } = self.history.with_untracked(History::present);
        self.racer.set(lesson, updates);
    }

    // Stepping.

    /// One stride down. At the end nothing happens, and playing ends.
    pub(crate) fn step(self) {
        match self.stride.get_untracked() {
            Stride::Row => self.go_to(self.cell.get_untracked().row + 1),
            Stride::Phase => self.step_phase(),
        }
        if self.is_at_end() {
            self.playing.set(false);
        }
    }

    /// One stride back.
    pub(crate) fn back(self) {
        match self.stride.get_untracked() {
            Stride::Row => self.go_to(self.cell.get_untracked().row.saturating_sub(1)),
            Stride::Phase => self.back_phase(),
        }
    }

    /// To the next phase; after the last one of a row, to the next row.
    pub(crate) fn step_phase(self) {
        let next = next_phase(self.cell.get_untracked());
        if next.row <= self.updates.get_untracked() {
            self.select_cell(next);
        }
    }

    /// To the phase before.
    pub(crate) fn back_phase(self) {
        if let Some(cell) = previous_phase(self.cell.get_untracked()) {
            self.select_cell(cell);
        }
    }

    /// Back to row 0, and while stepping by phase to its first one.
    pub(crate) fn reset(self) {
        self.playing.set(false);
        let phase = self.stride.get_untracked() == Stride::Phase;
        let column = if phase { Phase::Given.columns()[0] } else { self.cell.get_untracked().column };
        self.select_cell(Cell { row: 0, column });
    }

    /// Whether there is nothing to step back to.
    pub(crate) fn is_at_start(self) -> bool {
        match self.stride.get() {
            Stride::Row => self.row.get() == 0,
            Stride::Phase => previous_phase(self.cell.get()).is_none(),
        }
    }

    /// Whether there is nothing to step to.
    pub(crate) fn is_at_end(self) -> bool {
        let last = self.updates.get();
        match self.stride.get() {
            Stride::Row => self.row.get() >= last,
            Stride::Phase => next_phase(self.cell.get()).row > last,
        }
    }

    /// Plays or pauses; at the end playing begins anew.
    pub(crate) fn play_or_pause(self) {
        if !self.playing.get_untracked() && untrack(|| self.is_at_end()) {
            self.reset();
        }
        self.playing.update(|playing| *playing = !*playing);
    }
}

fn at_most(cell: Cell, row: usize) -> Cell {
    Cell { row: cell.row.min(row), ..cell }
}

/// The cell that a term of a formula in this row means; η is none.
fn place(term: Term, row: usize) -> Option<Cell> {
    match term {
        Term::Here(column) => Some(Cell { row, column }),
        Term::Above(column) => Some(Cell { row: row.saturating_sub(1), column }),
        Term::LearningRate => None,
    }
}
