public import Evidence

/// A study as an estimator gets it: a table of peaks, or a map that is already in memory.
public struct ReportedStudy: Sendable {
    /// Its peaks count only where there is no map.
    public var experiment: Experiment
    /// Effect per voxel of the analysis mask, NaN where there is none.
    public var map: [Float]?

    public init(_ experiment: Experiment, map: [Float]? = nil) {
        self.experiment = experiment
        self.map = map
    }
}
