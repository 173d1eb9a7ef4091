import Evidence

/// The statistic images of a native project: `maps/<experiment>.nii[.gz]` holds t; `_t`, `_z`, `_g`, `_r` before the
/// ending say the kind, and `_beta` with `_var` a contrast estimate with its sampling variance.
struct NativeMaps {
    let folder: String
    let names: [String]

    static let endings = [".nii.gz", ".nii"]

    /// - Throws: when an experiment has more than one image, or an estimate without its variance.
    func map(of id: String, at source: SourceLocation) throws(InputError) -> Experiment.StatisticMap? {
        var found: [(name: String, tag: String)] = []
        for tag in ["", "_t", "_z", "_g", "_r", "_beta"] {
            for ending in Self.endings where names.contains(id + tag + ending) {
                found.append((id + tag + ending, tag))
            }
        }
        guard let only = found.first else { return nil }
        guard found.count == 1 else {
            throw InputError(
                at: source,
                "experiment \"\(id)\" has several maps: \(found.map(\.name).joined(separator: ", ")).",
                remedy: "Keep one in \(folder).")
        }
        let path = Path.join(folder, only.name)
        let kind: Experiment.StatisticMap.Kind
        switch only.tag {
        case "_z": kind = .z
        case "_g": kind = .g
        case "_r": kind = .r
        case "_beta":
            guard let variance = Self.endings.map({ "\(id)_var\($0)" }).first(where: names.contains) else {
                throw InputError(
                    at: source, "\(path) is an estimate without its variance.",
                    remedy: "Add \(id)_var.nii.gz, its sampling variance (standard error squared).")
            }
            kind = .estimate(variance: Path.join(folder, variance))
        default: kind = .t
        }
        return Experiment.StatisticMap(path: path, kind: kind, source: SourceLocation(file: path))
    }

    /// A warning for every image that no experiment uses.
    func unused(by experiments: [Experiment]) -> [Notice] {
        var used: Set<String> = []
        for experiment in experiments {
            guard case .map(let map) = experiment.report else { continue }
            used.insert(map.path)
            if case .estimate(let variance) = map.kind { used.insert(variance) }
        }
        return names.filter { name in Self.endings.contains { name.hasSuffix($0) } }
            .map { Path.join(folder, $0) }.filter { !used.contains($0) }
            .map {
                Notice(
                    .warning, code: "map-unused", at: SourceLocation(file: $0), "belongs to no experiment.",
                    remedy: "Name it after an experiment (with _t, _z, _g, _r, or _beta and _var), or remove it.")
            }
    }
}
