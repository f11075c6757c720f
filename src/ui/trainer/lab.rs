//! The whole trainer: the strip with the run on top, below it test images with the net’s guesses and the pad, then settings,
//! charts and model, then the log and the epochs, and at the bottom files and kept runs.

use std::sync::Arc;

use leptos::prelude::*;

use super::accuracy_chart::AccuracyChart;
use super::draw_section::DrawSection;
use super::files::panel::FilesPanel;
use super::files::state::FilesState;
use super::log::{LogTools, RunLog};
use super::loss_chart::LossChart;
use super::model_summary::ModelSummary;
use super::rate_chart::RateChart;
use super::recipe::address;
use super::recipe::form::RecipeForm;
use super::recipe::preflight::PreflightPanel;
use super::runs::epochs::RunEpochs;
use super::runs::list::RunList;
use super::runs::resume_notice::ResumeNotice;
use super::runs::state::KeptRunsState;
use super::runs::unstored::UnstoredNotice;
use super::showcase::DigitShowcase;
use super::state::TrainerState;
use super::strip::RunStrip;
use crate::ui::kit::memo::{effect, memo};
use crate::ui::kit::notice::Notice;
use crate::ui::kit::tabs::{Tabs, panel_id, tab_id};
use crate::ui::net_bridge;

/// The tabs under the charts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Below {
    Log,
    Epochs,
}

impl Below {
    const ALL: [(Self, &str); 2] = [(Self::Log, "Log"), (Self::Epochs, "Epochs")];
}

/// Offers the numbers of the net in training to the look inside it.
fn offer_net(state: TrainerState) {
    net_bridge::offer_net(move || state.run.with_untracked(|run| run.values.to_vec()));
    let values = memo(move || state.run.with(|run| Arc::clone(&run.values)));
    effect(move || {
        // A memo that is only tracked never computes.
        values.with(|_| ());
        net_bridge::tell_change();
    });
}

/// The trainer, which trains the net on MNIST.
#[component]
pub(crate) fn TrainerLab() -> impl IntoView {
    let (recipe, notice) = address::open();
    let state = TrainerState::new(&recipe, notice);
    provide_context(state);
    provide_context(KeptRunsState::new(state));
    provide_context(FilesState::new(state));
    address::follow(state);
    offer_net(state);
    let below = RwSignal::new(Below::Log);
    let panel = move |(what, name): (Below, &'static str), content: AnyView| {
        view! {
            <div
                class="below-panel" role="tabpanel" id=panel_id("run", name) aria-labelledby=tab_id("run", name)
                hidden=move || below.get() != what
            >{content}</div>
        }
    };
    view! {
        <Notice message=state.notice/>
        <ResumeNotice/>
        <UnstoredNotice/>
        <div class="trainer">
            <RunStrip/>
            <DigitShowcase/>
            <DrawSection/>
            <div class="recipe-side">
                <RecipeForm/>
                <PreflightPanel/>
            </div>
            <div class="run-charts">
                <AccuracyChart/>
                <LossChart/>
            </div>
            <div class="side">
                <RateChart/>
                <ModelSummary/>
            </div>
            <section class="log" aria-label="Run log">
                <div class="below-head">
                    <Tabs label="Run" prefix="run" tabs=Below::ALL.to_vec() chosen=below choose=move |what| below.set(what)/>
                    <LogTools/>
                </div>
                {panel(Below::ALL[0], view! { <RunLog/> }.into_any())}
                {panel(Below::ALL[1], view! { <RunEpochs/> }.into_any())}
            </section>
        </div>
        <FilesPanel/>
        <RunList/>
    }
}
