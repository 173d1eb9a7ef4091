public import Evidence
public import Inference

/// What all steps of an analysis share: where it happens, by which settings, on which threads, and who is told.
public struct AnalysisContext: Sendable {
    public let space: AnalysisSpace
    public let settings: Settings
    public let workers: Workers
    public let progress: any ProgressObserver

    public init(
        space: AnalysisSpace, settings: Settings, workers: Workers, progress: any ProgressObserver = SilentProgress()
    ) {
        self.space = space
        self.settings = settings
        self.workers = workers
        self.progress = progress
    }
}

/// A step of an analysis: takes values, returns values.
protocol AnalysisStep: Sendable {
    var context: AnalysisContext { get }
}

extension AnalysisStep {
    var space: AnalysisSpace { context.space }
    var settings: Settings { context.settings }
    var workers: Workers { context.workers }
    var progress: any ProgressObserver { context.progress }
}
