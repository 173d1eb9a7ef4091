import Evidence

/// The images of an analysis: the one from which effects can be made, if its file is there.
struct StudysetImages {
    /// Where images may be: beside the studyset, and in a folder of its name.
    let folders: [String]
    var missing = StudysetPoints.Tally()
    var missingExample = ""

    /// t before z before g before r before an estimate with its variance; of an analysis of correlations no g.
    mutating func map(
        _ images: [(kind: String, path: String)], measure: EffectMeasure, at source: SourceLocation
    ) -> Experiment.StatisticMap? {
        var found: [String: String] = [:]
        for (kind, path) in images {
            guard let kind = Self.kind(kind) else { continue }
            guard let file = locate(path) else {
                missing.add(source)
                if missingExample.isEmpty { missingExample = path }
                continue
            }
            if found[kind] == nil { found[kind] = file }
        }
        for (kind, value) in [("t", Experiment.StatisticMap.Kind.t), ("z", .z), ("g", .g), ("r", .r)] {
            guard let path = found[kind], !(kind == "g" && measure == .correlation),
                !(kind == "r" && measure == .change)
            else { continue }
            return Experiment.StatisticMap(path: path, kind: value, source: source)
        }
        if let path = found["beta"], let variance = found["variance"] {
            return Experiment.StatisticMap(path: path, kind: .estimate(variance: variance), source: source)
        }
        return nil
    }

    private static func kind(_ text: String) -> String? {
        switch text.lowercased() {
        case "t", "t_map", "t map", "tstat": "t"
        case "z", "z_map", "z map", "zstat": "z"
        case "g", "hedges_g": "g"
        case "r", "correlation": "r"
        case "beta", "b", "contrast", "cope": "beta"
        case "varcope", "variance", "v": "variance"
        default: nil
        }
    }

    /// In one of the folders, or wherever the entry says; nil when it is nowhere on this machine.
    private func locate(_ path: String) -> String? {
        guard !path.contains("://") else { return nil }
        let places = path.hasPrefix("/") ? [path] : folders.map { Path.join($0, path) }
        return places.first(where: Path.exists)
    }

    var summary: [Notice] {
        guard missing.count > 0 else { return [] }
        return [
            Notice(
                .note, code: "image-absent", at: missing.first,
                "\(missing.count) images are not on this machine (\(missingExample) ...); coordinates are used there.",
                remedy: "Put them beside the studyset, under the names it gives, to have them used.")
        ]
    }
}
