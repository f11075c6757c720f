//! The state that the sheet's components share: the runs, the selected cell, and how the sheet is stepped through and
//! shown.

use leptos::prelude::*;

use super::practice::feedback::Feedback;
use super::practice::progress;
use super::racer::Racer;
use crate::sheet::formula::{self, Values};
use crate::sheet::history::{Change, History, Setup};
use crate::sheet::lesson::Lesson;
use crate::sheet::mark::Mark;
use crate::sheet::number::Digits;
use crate::sheet::phase::{self, next_number, next_phase, previous_phase};
use crate::sheet::race::{FEWEST_UPDATES, MOST_UPDATES};
use crate::sheet::selection::Selection;
use crate::sheet::{Cell, Column, Exercise, Expr, Permalink, Phase, Practice, Race, Row, Term};
use crate::ui::kit::memo::memo;

/// What one step is, with the button "Step" and while playing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Stride {
    #[default]
    Row,
    Phase,
    /// A single number, which stays hidden until the next step, so that a class can predict it.
    Number,
}

/// The speeds of playing, in steps a second.
pub(crate) const SPEEDS: [f64; 8] = [0.2, 0.5, 1.0, 2.0, 6.0, 15.0, 30.0, 60.0];
/// For each speed, the seconds in which a class predicts a number while playing number by number.
const GUESSES: [u32; SPEEDS.len()] = [60, 30, 20, 15, 10, 8, 6, 4];
/// The seconds for which a predicted number is shown before the next one is to be predicted.
const SHOWN: u32 = 3;

/// The view beside the network. On a phone the network is one of these views.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Panel {
    /// Chosen on phones only; in wide windows the network is always shown.
    Network,
    Curves,
    Rates,
    Landscape,
    Experiments,
    GradientCheck,
}

/// The signals that the sheet's components share through the context.
#[derive(Clone, Copy)]
pub(crate) struct SheetState {
    history: RwSignal<History>,
    /// The constants and the learning rate of the user's own sheet.
    pub(crate) lesson: Memo<Lesson>,
    /// The learning rate of the sheet that is shown: the user's, or that of an exercise.
    pub(crate) learning_rate: Memo<f64>,
    /// The number of updates after row 0 of the user's own sheet.
    pub(crate) own_updates: Memo<usize>,
    /// The number of updates after row 0 of the sheet that is shown: the user's, or that of an exercise.
    pub(crate) updates: Memo<usize>,
    racer: Racer,
    /// The user's run and the compared ones, as far as they are computed.
    pub(crate) race: RwSignal<Race>,
    /// The cell that was selected last; its row may not be computed yet.
    wanted: RwSignal<Cell>,
    /// The selected cell. Its row is the current row of the sheet, and is always computed.
    pub(crate) cell: Memo<Cell>,
    /// The row of the selected cell. It is a memo of its own, so that a move within the row notifies nobody.
    pub(crate) row: Memo<usize>,
    /// The last row that is computed.
    pub(crate) last_row: Memo<usize>,
    /// The phase that computes the selected cell.
    pub(crate) phase: Memo<Phase>,
    /// The corner opposite to the selected cell while more than one cell is selected.
    anchor: RwSignal<Option<Cell>>,
    /// The selected cells.
    pub(crate) selection: Memo<Selection>,
    pub(crate) playing: RwSignal<bool>,
    pub(crate) stride: RwSignal<Stride>,
    /// The index of the speed of playing in [`SPEEDS`].
    pub(crate) speed: RwSignal<usize>,
    /// Whether the number of the selected cell is hidden, so that it can be predicted.
    pub(crate) is_hidden: RwSignal<bool>,
    /// While playing number by number, the seconds until the next step.
    pub(crate) seconds: RwSignal<u32>,
    pub(crate) digits: RwSignal<Digits>,
    /// Whether the table shows the columns of the δ.
    pub(crate) deltas: RwSignal<bool>,
    /// Whether gradients are shown as one line in place of named factors.
    pub(crate) one_line: RwSignal<bool>,
    /// Whether cells are coloured by the size and sign of their values.
    pub(crate) tint: RwSignal<bool>,
    pub(crate) panel: RwSignal<Panel>,
    /// The exercise that the user works on.
    pub(crate) exercise: RwSignal<Option<Exercise>>,
    /// The sheet of that exercise, which is shown in place of the user's, and the student's progress.
    pub(crate) practice: RwSignal<Option<Practice>>,
    /// The cell of the user's own sheet that was selected before the exercise.
    pub(crate) own_cell: StoredValue<Option<Cell>>,
    /// The feedback on the student's last answer.
    pub(crate) feedback: RwSignal<Feedback>,
    /// The formula of the selected cell; `None` for a constant and for a blank without a hint.
    pub(crate) formula: Memo<Option<Expr>>,
    /// The cells that this formula refers to, each with its shade, see [`Mark::Precedent`].
    pub(crate) precedents: Memo<Vec<(Cell, usize)>>,
    /// The cells whose formulas refer to the selected one.
    pub(crate) dependents: Memo<Vec<Cell>>,
}

impl SheetState {
    /// Creates the state of the sheet that a link describes.
    pub(crate) fn new(link: Permalink) -> Self {
        let history = RwSignal::new(History::new(Setup { lesson: link.lesson, updates: link.updates }));
        let lesson = memo(move || history.with(History::present).lesson);
        let own_updates = memo(move || history.with(History::present).updates);
        let exercise = RwSignal::new(link.exercise);
        let practice = RwSignal::new(link.exercise.map(progress::resume));
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
            let precedent = |(index, term): (usize, &Term)| {
                let shade = formula::shade(&terms, index);
                cell_of(*term, row).map(|cell| (cell, shade))
            };
            terms.iter().enumerate().filter_map(precedent).collect()
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
            speed: RwSignal::new(4),
            is_hidden: RwSignal::new(false),
            seconds: RwSignal::new(0),
            digits: RwSignal::new(link.digits),
            deltas: RwSignal::new(link.column.is_delta()),
            one_line: RwSignal::new(false),
            tint: RwSignal::new(link.tint),
            panel: RwSignal::new(Panel::Curves),
            exercise,
            practice,
            own_cell: StoredValue::new(None),
            feedback: RwSignal::default(),
            formula,
            precedents,
            dependents,
        }
    }

    /// Returns the link to the sheet as it is now.
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

    /// Shows the sheet that a link describes. Its lesson is one change, which can be undone.
    pub(crate) fn restore(self, link: Permalink) {
        self.show_setup(link.lesson, link.updates);
        self.digits.set(link.digits);
        self.tint.set(link.tint);
        self.open_exercise(link.exercise);
        self.select_cell(Cell { row: link.row, column: link.column });
    }

    /// Returns the values of a row of the sheet that is shown. A number that is hidden is NaN.
    pub(crate) fn row_at(self, row: usize) -> Row {
        let mut values = self.practice.with(|practice| match practice {
            Some(practice) => practice.row(row),
            None => self.race.with(|race| race.own().row(row)),
        });
        // What follows from a number would give it away.
        if self.is_hidden.get() {
            let cell = self.cell.get();
            if cell.row == row {
                phase::from(cell).for_each(|column| values.set(column, f64::NAN));
            }
        }
        values
    }

    /// Returns whether the columns of the δ are shown. In an exercise they would give its answers away.
    pub(crate) fn shows_deltas(self) -> bool {
        self.deltas.get() && !self.is_practising()
    }

    /// Returns the index of the table's last column.
    pub(crate) fn last_column(self) -> usize {
        if self.shows_deltas() { Column::WITH_DELTAS.len() - 1 } else { Column::COUNT - 1 }
    }

    /// Returns the row whose total error is not to be shown, because a number that it follows from is to be predicted.
    pub(crate) fn row_without_error(self) -> Option<usize> {
        let cell = self.cell.get();
        (self.is_hidden.get() && phase::from(cell).any(|column| column == Column::ETotal)).then_some(cell.row)
    }

    /// Calls `read` with the values that the formulas of a row refer to: that row, the row above, and η.
    pub(crate) fn with_values<T>(self, row: usize, read: impl FnOnce(&Values<'_>) -> T) -> T {
        let (here, above) = (self.row_at(row), self.row_at(row.saturating_sub(1)));
        let practised =
            self.practice.with(|practice| practice.as_ref().map(|practice| practice.lesson().learning_rate));
        let learning_rate = practised.unwrap_or_else(|| self.race.with(|race| race.own().learning_rate()));
        read(&Values { here: &here, above: &above, learning_rate })
    }

    // Selection.

    /// Selects a cell; a row beyond the last one becomes the last one.
    pub(crate) fn select_cell(self, cell: Cell) {
        self.anchor.set(None);
        self.is_hidden.set(false);
        // The columns of the δ belong to the user's own sheet.
        let cell = match untrack(|| self.is_practising()) {
            true if cell.column.is_delta() => return,
            _ => at_most(cell, self.updates.get_untracked()),
        };
        if cell.column.is_delta() {
            self.deltas.set(true);
        }
        self.wanted.set(cell);
    }

    /// Selects all cells between the one that was selected first and this one.
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

    /// Returns the mark of a column in the diagram of the current row. The diagram has no places for the row above,
    /// which an update refers to, and the row below, so a mark there counts for the column too.
    pub(crate) fn mark(self, column: Column) -> Mark {
        let is = |cell: Cell| cell.column == column;
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

    /// Changes the user's lesson; [`SheetState::undo`] can undo the change.
    pub(crate) fn change(self, change: Change, edit: impl FnOnce(&mut Lesson)) {
        self.change_setup(change, |setup| edit(&mut setup.lesson));
    }

    /// Changes the lesson or the number of updates, and computes the runs anew.
    fn change_setup(self, change: Change, edit: impl FnOnce(&mut Setup)) {
        self.history.update(|history| {
            let mut setup = history.present();
            edit(&mut setup);
            // A file may be longer than the longest sheet.
            setup.updates = setup.updates.clamp(FEWEST_UPDATES, MOST_UPDATES);
            history.change(change, setup);
        });
        self.rerun();
    }

    /// Changes the learning rate.
    pub(crate) fn set_learning_rate(self, rate: f64) {
        self.change(Change::LearningRate, |lesson| lesson.learning_rate = rate);
    }

    /// Changes a constant of row 0. Columns that are computed stay as they are.
    pub(crate) fn set_constant(self, column: Column, value: f64) {
        self.change(Change::Constant(column), |lesson| {
            if let Some(place) = lesson.constants.get_mut(column) {
                *place = value;
            }
        });
    }

    /// Shows a ready-made setting, as one change that can be undone.
    pub(crate) fn show_setup(self, lesson: Lesson, updates: usize) {
        self.playing.set(false);
        self.end_edit();
        self.change_setup(Change::Everything, |setup| *setup = Setup { lesson, updates });
        self.end_edit();
        self.go_to(0);
    }

    /// Changes the number of updates, and with it the number of rows.
    pub(crate) fn set_updates(self, updates: usize) {
        self.change_setup(Change::Updates, |setup| setup.updates = updates);
    }

    /// Ends a drag or the typing in a field: the changes since it began are undone together, and the next change is
    /// undone by itself.
    pub(crate) fn end_edit(self) {
        self.history.update(History::end_series);
    }

    /// Whether there is a change to undo. During an exercise there is none, because it hides the lesson that would
    /// change.
    pub(crate) fn can_undo(self) -> bool {
        !self.is_practising() && self.history.with(History::can_undo)
    }

    /// Whether there is a change to redo; during an exercise there is none.
    pub(crate) fn can_redo(self) -> bool {
        !self.is_practising() && self.history.with(History::can_redo)
    }

    /// Takes back the last change of the lesson, if it can.
    pub(crate) fn undo(self) {
        if !untrack(|| self.can_undo()) {
            return;
        }
        self.history.update(History::undo);
        self.rerun();
    }

    /// Makes the change again that was undone last, if it can.
    pub(crate) fn redo(self) {
        if !untrack(|| self.can_redo()) {
            return;
        }
        self.history.update(History::redo);
        self.rerun();
    }

    /// Computes the runs of the present lesson.
    fn rerun(self) {
        let Setup { lesson, updates } = self.history.with_untracked(History::present);
        self.racer.set(lesson, updates);
    }

    // Stepping.

    /// Steps one stride forward. At the end nothing happens, and playing ends.
    pub(crate) fn step(self) {
        match self.stride.get_untracked() {
            Stride::Row => self.go_to(self.cell.get_untracked().row + 1),
            Stride::Phase => self.step_phase(),
            Stride::Number if self.is_hidden.get_untracked() => self.is_hidden.set(false),
            Stride::Number => {
                let next = next_number(self.cell.get_untracked());
                if next.row <= self.updates.get_untracked() {
                    self.select_cell(next);
                    self.is_hidden.set(true);
                }
            }
        }
        let is_guess = self.is_hidden.get_untracked();
        self.seconds.set(if is_guess { untrack(|| self.guess()) } else { SHOWN });
        if self.is_at_end() {
            self.playing.set(false);
        }
    }

    /// Returns the seconds in which a class predicts a number.
    pub(crate) fn guess(self) -> u32 {
        GUESSES[self.speed.get().min(GUESSES.len() - 1)]
    }

    /// Lets a second pass while playing number by number, and steps when none is left.
    pub(crate) fn tick(self) {
        match self.seconds.get_untracked() {
            0 | 1 => self.step(),
            seconds => self.seconds.set(seconds - 1),
        }
    }

    /// Steps one stride back.
    pub(crate) fn back(self) {
        match self.stride.get_untracked() {
            Stride::Row => self.go_to(self.cell.get_untracked().row.saturating_sub(1)),
            Stride::Phase | Stride::Number => self.back_phase(),
        }
    }

    /// Steps to the next phase; after the last phase of a row, to the next row.
    pub(crate) fn step_phase(self) {
        let next = next_phase(self.cell.get_untracked());
        if next.row <= self.updates.get_untracked() {
            self.select_cell(next);
        }
    }

    /// Steps back to the phase before.
    pub(crate) fn back_phase(self) {
        if let Some(cell) = previous_phase(self.cell.get_untracked()) {
            self.select_cell(cell);
        }
    }

    /// Goes back to row 0; when stepping by phase, to its first phase.
    pub(crate) fn reset(self) {
        self.playing.set(false);
        let phase = self.stride.get_untracked() != Stride::Row;
        let column = if phase { Phase::Given.columns()[0] } else { self.cell.get_untracked().column };
        self.select_cell(Cell { row: 0, column });
    }

    /// Whether there is nothing to step back to.
    pub(crate) fn is_at_start(self) -> bool {
        match self.stride.get() {
            Stride::Row => self.row.get() == 0,
            _ => previous_phase(self.cell.get()).is_none(),
        }
    }

    /// Whether there is nothing to step to.
    pub(crate) fn is_at_end(self) -> bool {
        let last = self.updates.get();
        match self.stride.get() {
            Stride::Row => self.row.get() >= last,
            Stride::Phase => next_phase(self.cell.get()).row > last,
            Stride::Number => !self.is_hidden.get() && next_number(self.cell.get()).row > last,
        }
    }

    /// Plays or pauses; at the end, playing begins again at row 0.
    pub(crate) fn play_or_pause(self) {
        if !self.playing.get_untracked() && untrack(|| self.is_at_end()) {
            self.reset();
        }
        self.seconds.set(0);
        self.playing.update(|playing| *playing = !*playing);
    }
}

/// Returns the cell, in this row at most.
fn at_most(cell: Cell, row: usize) -> Cell {
    Cell { row: cell.row.min(row), ..cell }
}

/// Returns the cell that a term of a formula in this row refers to; `None` for η.
fn cell_of(term: Term, row: usize) -> Option<Cell> {
    match term {
        Term::Here(column) => Some(Cell { row, column }),
        Term::Above(column) => Some(Cell { row: row.saturating_sub(1), column }),
        Term::LearningRate => None,
    }
}
