//! The state of the pad: the drawing, what becomes of it, and the net's answer, at most once a frame.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::File;

use super::photo;
use super::weights::Answering;
use crate::drawing::{Answer, Drawing, Picture, Steps, Verdict, pad, prepare};
use crate::mnist::SIDE;
use crate::trainer::cpu::reader::DigitReader;
use crate::ui::kit::memo::effect;
use crate::ui::net_bridge;

/// The pen that the arrow keys move.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct KeyPen {
    /// Where it is, in units of the pad.
    pub(crate) at: (f32, f32),
    /// Whether it touches the paper.
    pub(crate) is_down: bool,
}

/// A test image or a photo, in place of a drawing.
#[derive(Clone, PartialEq)]
pub(crate) struct Image {
    /// The digit that a test image shows; nobody knows that of a photo.
    pub(crate) label: Option<u8>,
    pub(crate) picture: Picture,
}

#[derive(Clone, Copy)]
pub(crate) struct PadState {
    pub(crate) drawing: RwSignal<Drawing>,
    /// The test image or photo in place of a drawing, if the user has chosen one.
    pub(crate) image: RwSignal<Option<Image>>,
    /// The test image or photo on which the first stroke of the drawing was drawn.
    covered: StoredValue<Option<Image>>,
    /// Why a file could not be read; a sentence.
    pub(crate) unread: RwSignal<Option<String>>,
    /// Whether a stroke is being drawn.
    pub(crate) is_drawing: RwSignal<bool>,
    /// The keyboard's pen; `None` until it is used.
    pub(crate) pen: RwSignal<Option<KeyPen>>,
    pub(crate) answering: Answering,
    /// What becomes of the drawing; `None` while there is none.
    pub(crate) steps: RwSignal<Option<Arc<Steps>>>,
    /// The net's answer; `None` while there is no drawing or no net.
    pub(crate) answer: RwSignal<Option<Answer>>,
    /// What screen readers say, after a stroke has ended.
    pub(crate) spoken: RwSignal<String>,
    reader: StoredValue<Option<DigitReader>, LocalStorage>,
    /// Whether the next frame looks at the drawing.
    is_due: StoredValue<bool>,
}

impl PadState {
    pub(crate) fn new() -> Self {
        let state = Self {
            drawing: RwSignal::default(),
            image: RwSignal::new(chosen_image()),
            covered: StoredValue::new(None),
            unread: RwSignal::new(None),
            is_drawing: RwSignal::new(false),
            pen: RwSignal::new(None),
            answering: Answering::new(),
            steps: RwSignal::new(None),
            answer: RwSignal::new(None),
            spoken: RwSignal::new(String::new()),
            reader: StoredValue::new_local(None),
            is_due: StoredValue::new(false),
        };
        effect(move || {
            state.reader.set_value(state.answering.reader());
            state.look_soon();
        });
        effect(move || {
            state.drawing.track();
            state.image.track();
            state.is_drawing.track();
            state.look_soon();
        });
        net_bridge::on_image(move || state.show(chosen_image()));
        state
    }

    /// Shows a test image or a photo in place of the drawing.
    fn show(self, image: Option<Image>) {
        self.end();
        self.unread.set(None);
        self.covered.set_value(None);
        self.image.set(image);
    }

    /// Reads a photo in place of the drawing.
    pub(crate) fn take_photo(self, file: File) {
        spawn_local(async move {
            match photo::read(&file).await {
                Ok(picture) => self.show(Some(Image { label: None, picture })),
                Err(reason) => self.unread.set(Some(reason)),
            }
        });
    }

    fn look_soon(self) {
        if !self.is_due.get_value() {
            self.is_due.set_value(true);
            request_animation_frame(move || {
                self.is_due.set_value(false);
                self.look();
            });
        }
    }

    /// Prepares the drawing and lets the net read it.
    fn look(self) {
        let steps = self.image.with_untracked(|image| match image {
            Some(image) => prepare(&image.picture),
            None => self.drawing.with_untracked(|drawing| prepare(&pad::rasterise(drawing.strokes()))),
        });
        let read = |steps: &Steps| {
            self.reader.try_update_value(|reader| Answer::from_logits(&reader.as_mut()?.logits(steps.image.ink())))
        };
        self.answer.set(steps.as_ref().and_then(read).flatten());
        self.steps.set(steps.map(Arc::new));
        if !self.is_drawing.get_untracked() {
            self.spoken.set(untrack(|| [self.sentence(), self.truth()].join(" ").trim_end().to_owned()));
        }
    }

    /// Returns what the page says of the drawing.
    pub(crate) fn sentence(self) -> String {
        if self.steps.with(Option::is_none) {
            let sentence =
                if self.image.with(Option::is_some) { "There is no ink in this picture." } else { "Draw a digit." };
            return sentence.to_owned();
        }
        match self.answer.get() {
            Some(answer) => answer.verdict().sentence(),
            None if self.answering.is_there() => "The net has no answer: its numbers have overflowed.".to_owned(),
            None if self.answering.obstacle.with(Option::is_some) => "There is no net to read the digit.".to_owned(),
            None => "The net is still loading…".to_owned(),
        }
    }

    /// Returns the digit that a test image shows, as a sentence; nothing for a drawing.
    pub(crate) fn truth(self) -> String {
        let label = self.image.with(|image| image.as_ref().and_then(|image| image.label));
        label.map_or_else(String::new, |label| format!("It is a {label}."))
    }

    /// Whether the net takes a test image for another digit.
    pub(crate) fn is_wrong(self) -> bool {
        let label = self.image.with(|image| image.as_ref().and_then(|image| image.label));
        let digit = self.answer.get().map(|answer| answer.digit());
        label.zip(digit).is_some_and(|(label, digit)| usize::from(label) != digit)
    }

    /// Whether the net is sure of its answer.
    pub(crate) fn is_sure(self) -> bool {
        self.answer.get().is_some_and(|answer| matches!(answer.verdict(), Verdict::Sure(..)))
    }

    /// Whether there is neither a drawing nor a test image or photo.
    pub(crate) fn is_empty(self) -> bool {
        self.image.with(Option::is_none) && self.drawing.with(|drawing| drawing.strokes().is_empty())
    }

    /// Puts the pen on the paper; a test image or photo makes room for it.
    pub(crate) fn begin(self, point: (f32, f32)) {
        self.unread.set(None);
        let covered = self.image.get_untracked();
        if covered.is_some() {
            self.image.set(None);
            self.drawing.set(Drawing::default());
            self.covered.set_value(covered);
        }
        self.is_drawing.set(true);
        self.drawing.update(|drawing| drawing.begin(point, pad::PEN));
    }

    /// Takes the pen off the paper.
    pub(crate) fn end(self) {
        if self.is_drawing.get_untracked() {
            self.is_drawing.set(false);
            self.pen.update(|pen| {
                if let Some(pen) = pen {
                    pen.is_down = false;
                }
            });
        }
    }

    /// Removes everything.
    pub(crate) fn clear(self) {
        self.show(None);
        self.drawing.update(Drawing::clear);
    }

    /// Takes back the last stroke.
    pub(crate) fn undo(self) {
        self.end();
        // A test image or photo covers the drawing that was there before it.
        if self.image.with_untracked(Option::is_some) {
            self.image.set(None);
        } else {
            self.drawing.update(Drawing::undo);
            if self.drawing.with_untracked(|drawing| drawing.strokes().is_empty()) {
                self.image.set(self.covered.try_update_value(Option::take).flatten());
            }
        }
    }

    /// Moves the keyboard's pen by steps in both directions.
    pub(crate) fn move_pen(self, right: f32, down: f32) {
        let mut pen = self.key_pen();
        pen.at = pad::within((pen.at.0 + right * pad::KEY_STEP, pen.at.1 + down * pad::KEY_STEP));
        self.pen.set(Some(pen));
        if pen.is_down {
            self.drawing.update(|drawing| drawing.go_on(pen.at));
        }
    }

    /// Puts the keyboard's pen on the paper, or takes it off.
    pub(crate) fn toggle_pen(self) {
        let pen = self.key_pen();
        self.pen.set(Some(KeyPen { is_down: !pen.is_down, ..pen }));
        if pen.is_down {
            self.end();
        } else {
            self.begin(pen.at);
        }
    }

    /// Returns the keyboard's pen. At first it stands in the upper half, where most digits begin.
    fn key_pen(self) -> KeyPen {
        let begin = (pad::SIDE as f32 / 2.0, pad::SIDE as f32 / 5.0);
        self.pen.get_untracked().unwrap_or(KeyPen { at: begin, is_down: false })
    }
}

/// Returns the test image that the user chose last.
fn chosen_image() -> Option<Image> {
    let (label, pixels) = net_bridge::chosen_image()?;
    Some(Image { label: Some(label), picture: Picture::new(SIDE, SIDE, pixels)? })
}
