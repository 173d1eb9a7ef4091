/// A number per map, adjusted for or tested.
public struct StudyCovariate: Hashable, Sendable {
    public let name: String
    /// One per row of the design.
    public let values: [Double]

    public init(_ name: String, _ values: [Double]) {
        self.name = name
        self.values = values
    }

    /// Less its mean, so that the intercept is the mean of all.
    public var centred: StudyCovariate {
        let mean = values.reduce(0, +) / Double(max(1, values.count))
        return StudyCovariate(name, values.map { $0 - mean })
    }
}
