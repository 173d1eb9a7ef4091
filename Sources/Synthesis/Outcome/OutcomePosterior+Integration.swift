import Statistics

extension OutcomePosterior {
    init?(_ means: StudyMeans, scale: OutcomeScale, settings: SynthesisSettings) { return nil }
}
