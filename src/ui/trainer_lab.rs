//! The trainer's lab: the run's strip above, then recipe, charts and model, then the log.

use leptos::prelude::*;

use super::model_summary::ModelSummary;
use super::recipe_form::RecipeForm;
use super::run_charts::{AccuracyChart, LossChart};
use super::run_log::RunLog;
use super::run_strip::RunStrip;
use super::trainer_state::TrainerState;

/// The lab that trains the net on MNIST.
#[component]
pub(super) fn TrainerLab() -> impl IntoView {
    provide_context(TrainerState::new());
    view! {
        <div class="trainer">
            <RunStrip/>
            <RecipeForm/>
            <div class="run-charts">
                <AccuracyChart/>
                <LossChart/>
            </div>
            <ModelSummary/>
            <RunLog/>
        </div>
    }
}
