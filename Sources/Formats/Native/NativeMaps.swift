import Evidence
import Imaging

/// The statistic images of a native project: `maps/<experiment>.nii[.gz]` (or `.hdr` with `.img`) holds t; `_t`, `_z`, `_g`,
/// `_r` before the ending say the kind, and `_beta` with `_var` a contrast estimate with its sampling variance.
struct NativeMaps {
    let folder: String
    /// All that is in the folder and not hidden.
    let names: [String]
    /// The images among them by their names without the ending; of a pair the header stands for both files.
    private let images: [String: [String]]

    init(folder: String, names: [String]) {
        self.folder = folder
        self.names = names
        images = Dictionary(grouping: ImageFileName.images(among: names), by: \.image.stem).mapValues { $0.map(\.name) }
    }

    /// - Throws: when an experiment has more than one image, or an estimate without its variance.
    func map(of id: String, at source: SourceLocation) throws(InputError) -> Experiment.StatisticMap? {
        var found: [(name: String, tag: String)] = []
        for tag in ["", "_t", "_z", "_g", "_r", "_beta"] {
            for name in images[id + tag] ?? [] { found.append((name, tag)) }
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
            guard let variance = images["\(id)_var"]?.first else {
                throw InputError(
                    at: source, "\(path) is an estimate without its variance.",
                    remedy: "Add \(id)_var.nii.gz, its sampling variance (standard error squared).")
            }
            kind = .estimate(variance: Path.join(folder, variance))
        default: kind = .t
        }
        return Experiment.StatisticMap(
            path: path, kind: kind, kindIsStated: !only.tag.isEmpty, source: SourceLocation(file: path))
    }

    /// A warning for every file that no experiment uses: what lies in `maps/` was meant to be used.
    func unused(by experiments: [Experiment]) -> [Notice] {
        var used: Set<String> = []
        for experiment in experiments {
            guard case .map(let map) = experiment.report else { continue }
            used.formUnion(ImageFileName.files(of: map.path))
            if case .estimate(let variance) = map.kind { used.formUnion(ImageFileName.files(of: variance)) }
        }
        let stems = Set(used.compactMap { ImageFileName($0)?.stem })
        return names.map { Path.join(folder, $0) }.filter { !used.contains($0) && !Self.isSidecar($0, of: stems) }
            .map { path in
                let remedy =
                    ImageFileName(path) != nil
                    ? "Name it after an experiment (with _t, _z, _g, _r, or _beta and _var), or remove it."
                    : "Maps are NIfTI images (\(ImageFileName.spoken)) named after experiments; convert it, or remove it."
                return Notice(
                    .warning, code: "map-unused", at: SourceLocation(file: path), "belongs to no experiment.",
                    remedy: remedy)
            }
    }

    /// What programs write beside an image to describe it: BIDS' `.json`, SPM's `.mat`.
    private static func isSidecar(_ path: String, of stems: Set<String>) -> Bool {
        [".json", ".mat"].contains {
            path.lowercased().hasSuffix($0) && stems.contains(String(path.dropLast($0.count)))
        }
    }
}
