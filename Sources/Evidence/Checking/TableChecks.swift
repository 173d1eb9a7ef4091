/// Rows of an experiment's own table that look like slips of transcription.
enum TableChecks {
    /// Rows in a row with one x that are taken for a merged cell smeared downwards.
    private static let smearLength = 5

    static func notices(_ experiment: Experiment) -> [Notice] {
        duplicates(experiment) + smears(experiment) + experiment.peaks.compactMap(garbage)
            + experiment.peaks.compactMap(implausible)
    }

    private static func duplicates(_ experiment: Experiment) -> [Notice] {
        var first: [SIMD3<Double>: Peak] = [:]
        var notices: [Notice] = []
        for peak in experiment.peaks {
            guard let earlier = first[peak.coordinate] else {
                first[peak.coordinate] = peak
                continue
            }
            let place = earlier.source.line.map { " (line \($0))" } ?? ""
            notices.append(
                Notice(
                    .warning, code: "duplicate-peak", at: peak.source,
                    "\(peak.coordinate.inWords) stands in experiment \"\(experiment.id)\" already\(place).",
                    remedy: "Remove one of the rows."))
        }
        return notices
    }

    /// One x over many consecutive rows: a merged cell that a parser copied down.
    private static func smears(_ experiment: Experiment) -> [Notice] {
        let peaks = experiment.peaks
        var notices: [Notice] = []
        var start = 0
        while start < peaks.count {
            var end = start + 1
            while end < peaks.count, peaks[end].coordinate.x == peaks[start].coordinate.x { end += 1 }
            if end - start >= smearLength {
                notices.append(
                    Notice(
                        .warning, code: "smeared-x", at: peaks[start].source,
                        "\(end - start) peaks in a row have x = \(NumberText.text(peaks[start].coordinate.x)).",
                        remedy: "Check against the paper: a merged table cell may have been copied down."))
            }
            start = end
        }
        return notices
    }

    /// (1, 2, 7) is more often a list of citations than a place in the brain.
    private static func garbage(_ peak: Peak) -> Notice? {
        let c = peak.coordinate
        let isList =
            c.x == c.x.rounded() && c.y == c.y.rounded() && c.z == c.z.rounded() && c.x > 0 && c.x < c.y && c.y < c.z
            && c.z <= 12
        guard isList else { return nil }
        return Notice(
            .warning, code: "citation-like", at: peak.source,
            "\(c.inWords) looks like citation marks rather than coordinates.",
            remedy: "Check against the paper; remove the row if it is not a peak.")
    }

    private static func implausible(_ peak: Peak) -> Notice? {
        let c = peak.coordinate
        guard max(abs(c.x), abs(c.y), abs(c.z)) > 150 else { return nil }
        return Notice(
            .error, code: "coordinate-implausible", at: peak.source, "\(c.inWords) cannot be millimetres in a head.",
            remedy: "Check for a missing decimal point or voxel indices.")
    }
}

extension SIMD3<Double> {
    /// `(1, -2, 3.5)`.
    var inWords: String { "(\(NumberText.text(x)), \(NumberText.text(y)), \(NumberText.text(z)))" }
}
