import Evidence

/// The images of an analysis: the one from which effects can be made, if its file is there.
struct StudysetImages {
    /// Where images may be: beside the studyset, and in a folder of its name.
    let folders: [String]
    var missing = StudysetPoints.Tally()
    var missingExample = ""
    /// Of analyses of which another image is used.
    var missingWithOther = 0
    /// Of analyses that have no points either.
    var missingWithoutPoints = 0

    /// t before z before g before r before an estimate with its variance; of an analysis of correlations no g.
    mutating func map(
        _ images: [(kind: String, names: [String])], measure: EffectMeasure, hasPoints: Bool, at source: SourceLocation
    ) -> Experiment.StatisticMap? {
        var found: [String: String] = [:]
        var absent: [String] = []
        for (kind, names) in images {
            guard let kind = Self.kind(kind) else { continue }
            guard let file = locate(names) else {
                absent.append(names.first ?? "")
                continue
            }
            if found[kind] == nil { found[kind] = file }
        }
        let map = Self.map(found, measure, source)
        for name in absent {
            missing.add(source)
            if missingExample.isEmpty { missingExample = name }
            if map != nil { missingWithOther += 1 } else if !hasPoints { missingWithoutPoints += 1 }
        }
        return map
    }

    private static func map(
        _ found: [String: String], _ measure: EffectMeasure, _ source: SourceLocation
    ) -> Experiment.StatisticMap? {
        for (kind, value) in [("t", Experiment.StatisticMap.Kind.t), ("z", .z), ("g", .g), ("r", .r)] {
            guard let path = found[kind], !(kind == "g" && measure == .correlation),
                !(kind == "r" && measure == .change)
            else { continue }
            return Experiment.StatisticMap(path: path, kind: value, kindIsStated: true, source: source)
        }
        if let path = found["beta"], let variance = found["variance"] {
            return Experiment.StatisticMap(
                path: path, kind: .estimate(variance: variance), kindIsStated: true, source: source)
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

    /// The first of an image's names that is a file here: NeuroStore gives every image a `filename` and the `url` it was
    /// downloaded from.
    private func locate(_ names: [String]) -> String? {
        for name in names where !name.contains("://") {
            let places = name.hasPrefix("/") ? [name] : folders.map { Path.join($0, name) }
            if let place = places.first(where: Path.exists) { return place }
        }
        // What a browser calls it when it is downloaded.
        for name in names {
            let last = Path.name(String(name.prefix { $0 != "?" && $0 != "#" }))
            guard !last.isEmpty, last != "/" else { continue }
            if let place = folders.map({ Path.join($0, last) }).first(where: Path.exists) { return place }
        }
        return nil
    }

    var summary: [Notice] {
        guard missing.count > 0 else { return [] }
        let count = missing.count
        let withPoints = count - missingWithOther - missingWithoutPoints
        let instead = [
            withPoints > 0 ? "coordinates are used there" : "",
            missingWithOther > 0 ? "other images of their analyses are used" : "",
            missingWithoutPoints > 0 ? "\(missingWithoutPoints) of analyses without coordinates" : "",
        ].filter { !$0.isEmpty }.joined(separator: ", ")
        return [
            Notice(
                missingWithoutPoints > 0 ? .warning : .note, code: "image-absent", at: missing.first,
                "\(count) image\(count == 1 ? " is" : "s are") not on this machine (\(missingExample)"
                    + "\(count > 1 ? " ..." : "")); \(instead).",
                remedy:
                    "Looked for as the file says and by file name in \(folders.joined(separator: " and ")). Put them "
                    + "there to have them used.")
        ]
    }
}
