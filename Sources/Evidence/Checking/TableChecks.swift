/// Rows of an experiment's own table that look like slips of transcription.
enum TableChecks {
    /// Neighbouring rows with one value that are taken for a cell smeared downwards.
    private static let smearLength = 5

    static func notices(_ experiment: Experiment) -> [Notice] {
        duplicates(experiment) + smears(experiment) + experiment.peaks.compactMap { garbage($0, of: experiment) }
            + experiment.peaks.compactMap { implausible($0, of: experiment) }
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

    /// One x or one t over many consecutive rows: a merged cell that a parser copied down, or a t of a whole cluster.
    private static func smears(_ experiment: Experiment) -> [Notice] {
        let peaks = experiment.peaks
        let x = runs(peaks.count) { peaks[$0].coordinate.x == peaks[$1].coordinate.x }.map { run in
            Notice(
                .warning, code: "smeared-x", at: peaks[run.lowerBound].source,
                "\(run.count) peaks in a row of experiment \"\(experiment.id)\" have x = "
                    + "\(NumberText.text(peaks[run.lowerBound].coordinate.x)).",
                remedy: "Check against the paper: a merged table cell may have been copied down.")
        }
        let t = runs(peaks.count) { peaks[$0].height == peaks[$1].height }.compactMap { run -> Notice? in
            guard case .t(let t) = peaks[run.lowerBound].height else { return nil }
            return Notice(
                .warning, code: "smeared-t", at: peaks[run.lowerBound].source,
                "\(run.count) peaks in a row of experiment \"\(experiment.id)\" have t = "
                    + "\(NumberText.text(t.rounded(digits: 3))).",
                remedy: "Check against the paper: the t of a cluster, or a cut-off value, may stand for all its peaks.")
        }
        return x + t
    }

    /// Runs of at least ``smearLength`` equal neighbours.
    private static func runs(_ count: Int, areEqual: (Int, Int) -> Bool) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var start = 0
        while start < count {
            var end = start + 1
            while end < count, areEqual(start, end) { end += 1 }
            if end - start >= smearLength { runs.append(start..<end) }
            start = end
        }
        return runs
    }

    /// (1, 2, 7) is more often a list of citations than a place in the brain.
    private static func garbage(_ peak: Peak, of experiment: Experiment) -> Notice? {
        let c = peak.coordinate
        let isList =
            c.x == c.x.rounded() && c.y == c.y.rounded() && c.z == c.z.rounded() && c.x > 0 && c.x < c.y && c.y < c.z
            && c.z <= 12
        guard isList else { return nil }
        return Notice(
            .warning, code: "citation-like", at: peak.source,
            "\(c.inWords) of experiment \"\(experiment.id)\" looks like citation marks rather than coordinates.",
            remedy: "Check against the paper; remove the row if it is not a peak.")
    }

    private static func implausible(_ peak: Peak, of experiment: Experiment) -> Notice? {
        let c = peak.coordinate
        guard max(abs(c.x), abs(c.y), abs(c.z)) > 150 else { return nil }
        return Notice(
            .error, code: "coordinate-implausible", at: peak.source,
            "\(c.inWords) of experiment \"\(experiment.id)\" cannot be millimetres in a head.",
            remedy: "Check for a missing decimal point or voxel indices.")
    }
}

extension SIMD3<Double> {
    /// `(1, -2, 3.5)`, to a tenth of a millimetre.
    var inWords: String {
        "(" + [x, y, z].map { NumberText.text($0.rounded(digits: 1)) }.joined(separator: ", ") + ")"
    }
}
