package import Evidence
package import Figures
import Foundation
package import Imaging
import Inference

/// Draws figures of a finished run from its folder.
package struct RunFigures: Sendable {
    let archive: RunArchive
    /// T1 behind the slices; nil shows the mask in grey.
    let template: Volume?
    private let sources: FigureSources

    package init(_ archive: RunArchive, template: Volume?) {
        self.archive = archive
        self.template = template
        sources = FigureSources(archive, template: template)
    }

    /// - Throws: ``InputError`` where the run does not hold what is asked for.
    package func draw(_ request: FigureRequest) throws -> Drawing {
        let model = try archive.model(request.model)
        guard let kind = FigureRequest.BrainKind(rawValue: request.kind) else { return try plot(request, model) }
        switch kind {
        case .slices: return try slices(request, model)
        case .mosaic: return try mosaic(request, model)
        case .glass: return try glass(request, model)
        case .surface: return try surface(request, model)
        case .peaks: return try peaks(request, model)
        case .coverage: return try coverage(request, model)
        }
    }

    // MARK: - Brains

    private func slices(_ request: FigureRequest, _ model: RunArchive.Model) throws -> Drawing {
        let shown = try sources.map(model, method: request.method, name: request.map)
        var places: [(place: SIMD3<Double>, name: String)] = []
        if let at = request.at {
            places = [(at, "")]
        } else {
            let clusters = try self.clusters(shown, model, request.cluster)
            places = clusters.prefix(4).map { ($0.place, $0.name) }
        }
        guard !places.isEmpty else {
            throw InputError(
                at: SourceLocation(file: "\(archive.path)/\(model.folder)"),
                "no cluster was found to put slices through.",
                remedy: "Name a place with --at x,y,z, or take --kind glass or surface.")
        }
        let mask = shown.mask
        let clusters = shown.clusters(in: mask, peaks: [])
        let layers = SliceLayers(
            z: mask.gather(shown.volume), mask: mask, clusters: clusters, brain: sources.anatomy(mask))
        let units = BrainDrawing.tripletWidth
        let pixels = request.pixels(filling: units)
        var drawer = drawing(request, shown, model, units: units)
        drawer.description =
            "Slices through \(PrettyNumber.plural(places.count, "peak")), and what is near them enlarged. "
            + drawer.description
        return drawer.triplets(places) { row, detail in
            SliceMosaic(
                layers, rows: [row], threshold: shown.range.lowerBound, pixelsPerMillimetre: pixels * detail)
        }
    }

    private func mosaic(_ request: FigureRequest, _ model: RunArchive.Model) throws -> Drawing {
        let shown = try sources.map(model, method: request.method, name: request.map)
        let mask = shown.mask
        let peaks = archive.table(shown.table, of: model).compactMap(Self.place)
        let units = 960.0
        let clusters = shown.clusters(in: mask, peaks: peaks)
        let layers = SliceLayers(
            z: mask.gather(shown.volume), mask: mask, clusters: clusters, brain: sources.anatomy(mask))
        let mosaic = SliceMosaic(
            layers, rows: SliceMosaic.standardRows(for: clusters), threshold: shown.range.lowerBound,
            pixelsPerMillimetre: request.pixels(filling: units))
        return drawing(request, shown, model, units: units).slices(mosaic)
    }

    private func glass(_ request: FigureRequest, _ model: RunArchive.Model) throws -> Drawing {
        let shown = try sources.map(model, method: request.method, name: request.map)
        let mask = shown.mask
        let values = zip(mask.voxels, mask.gather(shown.volume)).map { shown.isShown[Int($0)] ? $1 : 0 }
        let units = 560.0
        let glass = GlassBrain(
            z: values, mask: mask, background: template, pixelsPerMillimetre: request.pixels(filling: units))
        return drawing(request, shown, model, units: units).glass(glass)
    }

    private func surface(_ request: FigureRequest, _ model: RunArchive.Model) throws -> Drawing {
        let shown = try sources.map(model, method: request.method, name: request.map)
        let units = 454.0
        // Of z to the half above, as slices and glass brain end: pictures of one map have one bar.
        let end = shown.measure == "z" ? shown.range.upperBound.upToHalf : shown.range.upperBound
        let view = SurfaceView(
            shown.volume, isShown: { shown.isShown[$0] }, range: shown.range.lowerBound...end,
            surface: try CorticalSurface(),
            pixelsPerMillimetre: min(request.pixels(filling: units), 6))
        var drawer = drawing(request, shown, model, units: units)
        drawer.description = "The inflated cortex (fsaverage5). " + drawer.description
        return drawer.surface(view)
    }

    private func peaks(_ request: FigureRequest, _ model: RunArchive.Model) throws -> Drawing {
        let rows = archive.table("foci.tsv", of: model)
        guard !rows.isEmpty else {
            throw InputError(
                at: SourceLocation(file: "\(archive.path)/\(model.folder)"),
                "the run kept no peaks of this model (foci.tsv).",
                remedy: "Runs keep them since this version, for models that have experiments with peaks: run it again.")
        }
        var names: [String] = []
        var places: [String: [SIMD3<Double>]] = [:]
        for row in rows {
            guard let name = row["experiment"], let place = Self.place(row) else { continue }
            if places[name] == nil { names.append(name) }
            places[name, default: []].append(place)
        }
        let head = template ?? Self.box
        let brain = Mask(grid: head.grid) { head.values[$0] > 0 }
        let units = 560.0
        let outline = GlassBrain(
            z: [Float](repeating: 0, count: brain.count), mask: brain, background: template,
            pixelsPerMillimetre: request.pixels(filling: units))
        let drawer = BrainDrawing(
            theme: request.theme, side: request.side, letters: request.letters(filling: units),
            description:
                "\(PrettyNumber.plural(rows.count, "peak")) of \(PrettyNumber.plural(names.count, "experiment")) "
                + "that entered model \(model.name) of \(archive.project), on a glass brain.")
        return drawer.foci(names.map { ($0, places[$0] ?? []) }, outline: outline)
    }

    private func coverage(_ request: FigureRequest, _ model: RunArchive.Model) throws -> Drawing {
        guard try archive.map("measured", of: model) != nil else {
            throw InputError(
                at: SourceLocation(file: "\(archive.path)/\(model.folder)"),
                "the run has no map of how many experiments gave a statistic (measured.nii.gz).",
                remedy: "Models by the method effects have one.")
        }
        var asked = request
        asked.map = "measured"
        asked.kind = FigureRequest.BrainKind.mosaic.rawValue
        return try mosaic(asked, model)
    }

    /// Where there is no T1: nothing to outline.
    private static var box: Volume {
        Volume(grid: Grid.mni2mm, values: [Float](repeating: 1, count: Grid.mni2mm.count))
    }

    private func drawing(
        _ request: FigureRequest, _ shown: ShownMap, _ model: RunArchive.Model, units: Double
    ) -> BrainDrawing {
        BrainDrawing(
            theme: request.theme, side: request.side, letters: request.letters(filling: units), measure: shown.measure,
            description: "Model \(model.name) of \(archive.project), "
                + "\(PrettyNumber.plural(model.experiments, "experiment")): \(shown.words).")
    }

    // MARK: - Clusters and plots

    private static func place(_ row: [String: String]) -> SIMD3<Double>? {
        guard let x = row["x_mm"].flatMap({ Double($0) }), let y = row["y_mm"].flatMap({ Double($0) }),
            let z = row["z_mm"].flatMap({ Double($0) })
        else { return nil }
        return SIMD3(x, y, z)
    }

    private func clusters(
        _ shown: ShownMap, _ model: RunArchive.Model, _ number: Int?
    ) throws -> [(place: SIMD3<Double>, name: String)] {
        let rows = archive.table(shown.table, of: model)
        let all = rows.compactMap { row -> (place: SIMD3<Double>, name: String)? in
            guard let place = Self.place(row), let number = row["cluster"] else { return nil }
            let label = row["AAL"].flatMap { $0 == NumberText.missing ? nil : $0 }
            return (place, "Cluster \(number)" + (label.map { ", \($0)" } ?? ""))
        }
        guard let number else { return all }
        guard all.indices.contains(number - 1) else {
            throw InputError(
                at: SourceLocation(file: "\(archive.path)/\(model.folder)/\(shown.table)"),
                "there is no cluster \(number).",
                remedy: all.isEmpty ? "The model has none." : "They are numbered 1 to \(all.count).")
        }
        return [all[number - 1]]
    }

    private func plot(_ request: FigureRequest, _ model: RunArchive.Model) throws -> Drawing {
        let kept = sources.plots(of: model)
        let folder = SourceLocation(file: "\(archive.path)/\(model.folder)")
        let kinds = Set((kept ?? []).map(\.kind)).union(Self.plotKinds)
        guard kinds.contains(request.kind) else {
            let names = FigureRequest.BrainKind.allCases.map(\.rawValue) + kinds.sorted()
            throw InputError(
                "there is no figure of the kind \"\(request.kind)\".",
                remedy: "There are \(names.joined(separator: ", ")).")
        }
        guard let kept else {
            throw InputError(
                at: folder, "the run kept no plots of this model (plots.json).",
                remedy:
                    "Runs of effect sizes keep them where something is found and --skip-trust is not given: run it again."
            )
        }
        var ofKind = kept.filter { $0.kind == request.kind }
        if let number = request.cluster {
            let shown = try sources.map(model, method: nil, name: nil)
            let peak = try clusters(shown, model, number).first?.place
            ofKind = ofKind.filter { plot in
                guard let peak else { return false }
                return abs(plot.x - peak.x) + abs(plot.y - peak.y) + abs(plot.z - peak.z) < 0.1
            }
        }
        guard let plot = ofKind.first else {
            throw InputError(
                at: folder,
                "the run kept no \(request.kind) plot of this \(request.cluster == nil ? "model" : "cluster").",
                remedy: "Only the strongest findings are judged one by one; report.html shows which.")
        }
        let style = StyleSheet(css: ReportStyle.css, figure: "plot", theme: request.theme)
        do throws(Drawing.MarkupError) {
            return try Drawing(HTML(raw: plot.svg), style: style)
        } catch {
            throw InputError(at: folder, "\(error).", remedy: "Run the analysis anew with this version of cuneus.")
        }
    }

    private static let plotKinds: Set<String> = [
        "forest", "funnel", "bubble", "contributions", "jackknife", "baujat", "orchard", "cumulative",
    ]

    /// Every figure that the run has something for, by file name without ending: of all models, the plots of every finding.
    package func all(_ base: FigureRequest) -> [(name: String, request: FigureRequest)] {
        archive.models.filter { $0.methods.isEmpty || sources.plots(of: $0) != nil }.flatMap { model in
            var requests: [(name: String, request: FigureRequest)] = []
            func add(_ kind: String, _ name: String, cluster: Int? = nil) {
                var request = base
                request.kind = kind
                request.model = model.name
                request.cluster = cluster
                requests.append(("\(model.folder)_\(name)", request))
            }
            for kind in FigureRequest.BrainKind.allCases { add(kind.rawValue, kind.rawValue) }
            let kept = sources.plots(of: model) ?? []
            let table = (try? sources.map(model, method: nil, name: nil))?.table ?? "clusters.tsv"
            for (n, row) in archive.table(table, of: model).enumerated() {
                guard let place = Self.place(row) else { continue }
                let here = kept.filter { abs($0.x - place.x) + abs($0.y - place.y) + abs($0.z - place.z) < 0.1 }
                for kind in Set(here.map(\.kind)).sorted() {
                    add(kind, "cluster-\(n + 1)_\(kind)", cluster: n + 1)
                }
            }
            return requests
        }
    }
}
