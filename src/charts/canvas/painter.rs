//! Holds the state of a chart on the page, and draws its changes once a frame.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlCanvasElement};

use super::layer::{self, Layer};
use super::listener::Listener;
use super::style;
use crate::charts::gesture::Gesture;
use crate::charts::hover::{self, Readout, Rows};
use crate::charts::layout::{Frame, Layout};
use crate::charts::spec::{Chart, Emphasis};
use crate::charts::theme::Theme;
use crate::charts::view::View;
use crate::charts::{draw_back, draw_cursor, draw_front};

/// The largest distance of a point from the cursor, in CSS pixels, at which its value is read.
const REACH: f64 = 6.0;

/// The place at which the user reads values.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum ReadAt {
    /// Under a pointer, this number of CSS pixels from the left edge.
    Pixel(f64),
    /// At an x of the data, to which the arrow keys have moved.
    Value(f64),
}

/// Everything about a chart that can change, with flags for the parts that must be drawn again.
pub(super) struct State {
    pub(super) chart: Chart,
    /// The x of the lasting cursor.
    pub(super) cursor: Option<f64>,
    /// The values at the place where the user reads.
    pub(super) readout: Option<Readout>,
    pub(super) layout: Option<Layout>,
    pub(super) resized: bool,
    pub(super) theme_stale: bool,
    pub(super) overlay_dirty: bool,
    pub(super) gesture: Gesture,
    pub(super) rows: Option<LookUp>,
    pub(super) theme: Theme,
    base_dirty: bool,
    front_dirty: bool,
    read_at: Option<ReadAt>,
    frame: Frame,
    base: Layer,
    front: Layer,
    overlay: Layer,
    /// Notices when the page moves to a screen with another pixel ratio, or is zoomed.
    ratio_watch: Option<Listener>,
}

impl State {
    pub(super) fn set_chart(&mut self, chart: Chart) {
        let known = |name: &&str| self.theme.tokens.iter().any(|token| token.0 == *name);
        self.theme_stale |= !style::tokens(&chart).iter().all(known);
        self.base_dirty |= !self.chart.same_back(&chart);
        self.front_dirty = true;
        self.chart = chart;
    }
}

type Callback<T> = Rc<dyn Fn(T)>;
type LookUp = Rc<dyn Fn(usize, usize) -> Option<f64>>;

/// Draws the state at most once a frame.
pub(super) struct Painter {
    state: RefCell<State>,
    container: Element,
    on_hover: RefCell<Option<Callback<Option<Readout>>>>,
    on_view: RefCell<Option<Callback<View>>>,
    on_frame: RefCell<Option<Closure<dyn FnMut()>>>,
    request: Cell<Option<i32>>,
}

impl Painter {
    pub(super) fn new(canvas: HtmlCanvasElement, container: Element) -> Result<Rc<Self>, JsValue> {
        let page = canvas.owner_document().ok_or("no document")?;
        let above = |below: &HtmlCanvasElement| {
            let layer = page.create_element("canvas")?.dyn_into::<HtmlCanvasElement>()?;
            layer.set_attribute("aria-hidden", "true")?;
            layer.style().set_property("pointer-events", "none")?;
            below.insert_adjacent_element("afterend", &layer)?;
            Ok::<_, JsValue>(layer)
        };
        let front = above(&canvas)?;
        let overlay = above(&front)?;
        let state = State {
            chart: Chart::default(),
            cursor: None,
            readout: None,
            layout: None,
            resized: true,
            theme_stale: true,
            overlay_dirty: true,
            gesture: Gesture::default(),
            rows: None,
            base_dirty: true,
            front_dirty: true,
            read_at: None,
            theme: Theme::default(),
            frame: Frame::new(0.0, 0.0),
            base: Layer::new(canvas)?,
            front: Layer::new(front)?,
            overlay: Layer::new(overlay)?,
            ratio_watch: None,
        };
        let painter = Rc::new(Self {
            state: RefCell::new(state),
            container,
            on_hover: RefCell::default(),
            on_view: RefCell::default(),
            on_frame: RefCell::default(),
            request: Cell::default(),
        });
        let weak = Rc::downgrade(&painter);
        *painter.on_frame.borrow_mut() = Some(Closure::new(move || {
            if let Some(painter) = weak.upgrade() {
                painter.paint();
            }
        }));
        painter.schedule();
        Ok(painter)
    }

    pub(super) fn read<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(&self.state.borrow())
    }

    /// Changes the state, and requests a frame that draws the change.
    pub(super) fn update(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.borrow_mut());
        self.schedule();
    }

    /// Changes a part of the state that is not drawn.
    pub(super) fn quietly<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.borrow_mut())
    }

    /// Sets the place at which the user reads values.
    pub(super) fn read_at(&self, place: Option<ReadAt>) {
        if self.read(|state| state.read_at != place) {
            self.update(|state| {
                state.read_at = place;
                state.overlay_dirty = true;
            });
        }
    }

    pub(super) fn on_hover(&self, callback: Callback<Option<Readout>>) {
        *self.on_hover.borrow_mut() = Some(callback);
    }

    pub(super) fn on_view(&self, callback: Callback<View>) {
        *self.on_view.borrow_mut() = Some(callback);
    }

    /// Shows another part of the chart.
    pub(super) fn show(&self, view: View) {
        if self.read(|state| state.chart.view == view) {
            return;
        }
        self.update(|state| {
            state.chart.view = view;
            state.base_dirty = true;
        });
        let callback = self.on_view.borrow().clone();
        if let Some(callback) = callback {
            callback(view);
        }
    }

    /// Zooms around a place in CSS pixels; without one, around the cursor, or else around the middle of the plot.
    pub(super) fn zoom(&self, factor: f64, place: Option<(f64, f64)>) {
        let view = self.read(|state| {
            let layout = state.layout.as_ref().filter(|layout| layout.visible())?;
            let plot = &layout.plot;
            let middle = (f64::midpoint(plot.left, plot.right), f64::midpoint(plot.top, plot.bottom));
            let place = place.or_else(|| state.readout.as_ref().map(|readout| readout.position)).unwrap_or(middle);
            Some(state.chart.view.zoom(layout, factor, place))
        });
        if let Some(view) = view {
            self.show(view);
        }
    }

    /// Pans by these shares of the plot's width and height.
    pub(super) fn pan(&self, by: (f64, f64)) {
        let view = self.read(|state| {
            let layout = state.layout.as_ref().filter(|layout| layout.visible())?;
            Some(state.chart.view.pan(layout, (by.0 * layout.plot.width(), by.1 * layout.plot.height())))
        });
        if let Some(view) = view {
            self.show(view);
        }
    }

    /// Stops drawing, and removes the canvases above the first one.
    pub(super) fn dispose(&self) {
        if let (Some(request), Some(window)) = (self.request.take(), web_sys::window()) {
            let _ = window.cancel_animation_frame(request);
        }
        let mut state = self.state.borrow_mut();
        state.ratio_watch = None;
        state.front.canvas.remove();
        state.overlay.canvas.remove();
    }

    fn schedule(&self) {
        if self.request.get().is_some() {
            return;
        }
        if let (Some(on_frame), Some(window)) = (&*self.on_frame.borrow(), web_sys::window()) {
            self.request.set(window.request_animation_frame(on_frame.as_ref().unchecked_ref()).ok());
        }
    }

    fn paint(self: &Rc<Self>) {
        self.request.set(None);
        let before = self.read(|state| state.readout.clone());
        if let Err(error) = self.try_paint() {
            web_sys::console::warn_2(&"chart:".into(), &error);
        }
        let after = self.read(|state| state.readout.clone());
        // The state is not borrowed here, because the callback may call methods of the host.
        let callback = self.on_hover.borrow().clone();
        if let (true, Some(callback)) = (before != after, callback) {
            callback(after);
        }
    }

    fn try_paint(self: &Rc<Self>) -> Result<(), JsValue> {
        let state = &mut *self.state.borrow_mut();
        if std::mem::take(&mut state.resized) {
            self.fit(state)?;
        }
        if std::mem::take(&mut state.theme_stale) {
            state.theme = style::read(&state.overlay.canvas, &style::tokens(&state.chart))?;
            state.base_dirty = true;
        }
        let base_dirty = std::mem::take(&mut state.base_dirty);
        if std::mem::take(&mut state.front_dirty) | base_dirty {
            let layout = Layout::new(&state.chart, &state.frame, &state.theme);
            // The strong curves may have changed the axes.
            if base_dirty || state.layout.as_ref() != Some(&layout) {
                state.base.clear()?;
                draw_back(&mut state.base.backend, &state.chart, &layout, &state.theme)
                    .map_err(|error| error.to_string())?;
            }
            state.front.clear()?;
            draw_front(&mut state.front.backend, &state.chart, &layout, &state.theme)
                .map_err(|error| error.to_string())?;
            state.layout = Some(layout);
            state.overlay_dirty = true;
        }
        if std::mem::take(&mut state.overlay_dirty) {
            state.readout = state.read_user_place();
            state.draw_overlay()?;
        }
        Ok(())
    }

    /// Fits the canvases to their container.
    fn fit(self: &Rc<Self>, state: &mut State) -> Result<(), JsValue> {
        let window = web_sys::window().ok_or("no window")?;
        let (width, height) = (f64::from(self.container.client_width()), f64::from(self.container.client_height()));
        let ratio = window.device_pixel_ratio();
        let frame = layer::frame(width, height, ratio);
        if frame == state.frame {
            return Ok(());
        }
        if frame.pixel_ratio != state.frame.pixel_ratio || state.ratio_watch.is_none() {
            let query = window.match_media(&format!("(resolution: {ratio}dppx)"))?;
            let resized = |_, painter: &Self| painter.update(|state| state.resized = true);
            state.ratio_watch = query.map(|query| Listener::new(&query, "change", self, resized)).transpose()?;
        }
        state.base.resize(&frame)?;
        state.front.resize(&frame)?;
        state.overlay.resize(&frame)?;
        state.frame = frame;
        state.base_dirty = true;
        Ok(())
    }
}

impl State {
    /// The lowest canvas, which gets the focus and the pointer events.
    pub(super) fn canvas(&self) -> &HtmlCanvasElement {
        &self.base.canvas
    }

    pub(super) fn has_focus(&self) -> bool {
        let page = self.base.canvas.owner_document();
        page.and_then(|page| page.active_element()).is_some_and(|element| element == ***self.canvas())
    }

    /// Returns the width and the height in CSS pixels.
    pub(super) fn size(&self) -> (f64, f64) {
        (self.frame.width, self.frame.height)
    }

    /// Returns the x after or before the one that is read; if none is, the first or the last one.
    pub(super) fn step(&self, forward: bool) -> Option<f64> {
        let Some(here) = self.readout.as_ref().map(|readout| readout.x).or(self.cursor) else {
            return self.end(!forward);
        };
        let next = match (&self.rows, &self.layout) {
            (Some(_), Some(layout)) => Rows::step(&layout.whole_x, here, forward),
            _ => hover::step(&self.chart, here, forward),
        };
        next.or(Some(here))
    }

    /// Returns the first or the last x with data.
    pub(super) fn end(&self, last: bool) -> Option<f64> {
        match (&self.rows, &self.layout) {
            (Some(_), Some(layout)) => {
                let axis = &layout.whole_x;
                Some(Rows::nearest_x(axis, if last { axis.hi } else { axis.lo }))
            }
            _ => hover::end(&self.chart, last),
        }
    }

    /// Reads the values at the place where the user reads.
    fn read_user_place(&self) -> Option<Readout> {
        let layout = self.layout.as_ref().filter(|layout| layout.visible())?;
        let x = match self.read_at? {
            ReadAt::Pixel(px) => {
                let x = layout.x_at(px.clamp(layout.plot.left, layout.plot.right));
                if self.rows.is_some() { Some(Rows::nearest_x(&layout.x, x)) } else { hover::nearest_x(&self.chart, x) }
            }
            ReadAt::Value(x) => Some(x),
        };
        self.read(layout, x.filter(|&x| layout.x.contains(x))?)
    }

    /// Reads the values at `x`.
    fn read(&self, layout: &Layout, x: f64) -> Option<Readout> {
        match &self.rows {
            Some(value) => Rows { value: &**value }.read(&self.chart, layout, x),
            None => hover::read(&self.chart, layout, x, REACH),
        }
    }

    fn draw_overlay(&mut self) -> Result<(), JsValue> {
        self.overlay.clear()?;
        let Some(layout) = &self.layout else { return Ok(()) };
        let lasting = self.cursor.and_then(|x| self.read(layout, x));
        let weight = if self.readout.is_some() { Emphasis::Quiet } else { Emphasis::Normal };
        let cursors = lasting.iter().map(|readout| (readout, weight));
        for (readout, weight) in cursors.chain(self.readout.iter().map(|readout| (readout, Emphasis::Normal))) {
            draw_cursor(&mut self.overlay.backend, &self.chart, layout, &self.theme, readout, weight)
                .map_err(|error| error.to_string())?;
        }
        Ok(())
    }
}
