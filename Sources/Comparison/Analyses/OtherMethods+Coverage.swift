public import Evidence

extension OtherMethods {
    /// That methods do not know where an experiment looked: to them what it does not report is not there. nil where no experiment of
    /// the model says where it looked, or no such method is asked for.
    ///
    /// - Parameter methods: nil for all that fit the model.
    public func coverageNotice(_ methods: [AnalysisMethod]? = nil) -> String? {
        let blind = (methods ?? scope.runs).filter { $0.family != .effects }
        let limited = experiments.filter { $0.coverage != nil }
        guard !blind.isEmpty, !limited.isEmpty else { return nil }
        let names = limited.prefix(3).map { "\"\($0.id)\"" }.joined(separator: ", ")
        let more = limited.count > 3 ? " and \(limited.count - 3) more" : ""
        let plural = blind.count > 1
        return
            "\(blind.map(\.title).joined(separator: ", ")) \(plural ? "do" : "does") not take where experiments looked (column "
            + "coverage of \(names)\(more)): \(plural ? "they take" : "it takes") what these do not report elsewhere as absent."
    }
}
