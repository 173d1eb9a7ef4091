public import Figures
public import Formats

/// A statistic map that went in, as the gate found it before the run.
public struct ReportedMap: Hashable, Sendable {
    public var experiment: String
    public var facts: MapFacts
    /// nil where no picture is small enough.
    public var thumbnail: MapThumbnail?

    public init(experiment: String, facts: MapFacts, thumbnail: MapThumbnail? = nil) {
        self.experiment = experiment
        self.facts = facts
        self.thumbnail = thumbnail
    }
}
