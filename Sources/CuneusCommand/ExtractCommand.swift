import ArgumentParser
import Cuneus
import Foundation

struct ExtractCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extract",
        abstract:
            "Every experiment's effect at coordinates, in masks, regions and clusters, or at the peaks of a model.",
        discussion: """
            Prints two tables (tab separated): the places with their pooled effect and
            heterogeneity, and what each experiment has there; of a model with covariates
            a third: its coefficients, adjusted means and predictions at each place. With
            --output they are written to DIR/places.tsv, DIR/experiments.tsv and
            DIR/coefficients.tsv, and every imputation to DIR/imputations.tsv. The
            imputations are those of cuneus run: at a voxel the pooled effect is that of
            the maps. Places outside the mask are told at the end, with exit code 2; the
            others are given all the same.

            Examples:
              cuneus extract Examples/psychotherapy --at -42,26,0 --at 4,40,22
              cuneus extract Examples/psychotherapy --at -22,-4,-18 --radius 8
              cuneus extract Examples/psychotherapy \\
                --region 'AAL:Left amygdala' --output amygdala
              cuneus extract my_project --model all --peaks --output peaks
              cuneus extract my_project --model all --clusters results --output clusters
            """)

    @OptionGroup var options: AnalysisOptions
    @Option(help: "Only this model of the plan (repeatable).") var model: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("MNI coordinate in mm (repeatable).", valueName: "x,y,z"))
    var at: [Coordinate] = []

    @Option(help: ArgumentHelp("Take spheres of this radius around the coordinates.", valueName: "mm"))
    var radius: Double?

    @Option(
        help: ArgumentHelp("Image whose voxels above 0 are taken together (repeatable).", valueName: "file"),
        completion: .file())
    var mask: [String] = []

    @Option(
        help: ArgumentHelp(
            "Region of an atlas, such as 'AAL:Left amygdala' or Brodmann:24 (repeatable).", valueName: "atlas:label"))
    var region: [String] = []

    @Option(
        help: ArgumentHelp(
            "Each cluster of a thresholded map, each label of an image of labels, or, of a run's folder, each cluster of "
                + "its table of the model.", valueName: "image"),
        completion: .file())
    var clusters: String?

    @Flag(help: "Run the model first and take the peak of every cluster.") var peaks = false

    @Option(
        help: ArgumentHelp("Folder for the tables (default: print them).", valueName: "dir"), completion: .directory)
    var output: String?

    /// `x,y,z` in mm; no further from the origin than any scanner is wide.
    struct Coordinate: ExpressibleByArgument {
        var mni: SIMD3<Double>

        init?(argument: String) {
            let parts = argument.split(whereSeparator: { $0 == "," || $0 == " " }).map { Double($0) }
            guard parts.count == 3, let x = parts[0], let y = parts[1], let z = parts[2],
                [x, y, z].allSatisfy({ (-1e4...1e4).contains($0) })
            else { return nil }
            mni = [x, y, z]
        }
    }

    func validate() throws {
        guard !at.isEmpty || !mask.isEmpty || !region.isEmpty || peaks || clusters != nil else {
            throw ValidationError("Say where: --at, --mask, --region, --clusters or --peaks.")
        }
        if let radius, !(radius > 0 && radius < 1000) {
            throw ValidationError("--radius is \(radius); give mm above 0.")
        }
        if radius != nil, at.isEmpty { throw ValidationError("--radius needs --at.") }
    }

    /// Values of a study are those of a method of effect sizes. Others have no effects of single studies, or pool them in
    /// another way: their numbers would not be those of their maps.
    ///
    /// - Parameter asked: whether they were named on the command line rather than in the plan, where they may stand beside one
    ///   of effect sizes.
    static func check(_ methods: [AnalysisMethod], asked: Bool, at source: SourceLocation?) throws(InputError) {
        let others = methods.filter { $0.family != .effects }
        guard let first = others.first, asked || others.count == methods.count else { return }
        let known = AnalysisMethod.allCases.filter { $0.family == .effects }.map(\.rawValue).joined(separator: ", ")
        throw InputError(
            at: source,
            "extract gives values of studies by methods of effect sizes (\(known)), not by "
                + "\(others.map(\.rawValue).joined(separator: ", ")): its pooled value would not be that of the method's map.",
            remedy: "Name one of those, or read the map of cuneus run --method \(first.rawValue) at the place.")
    }

    func run() async throws {
        try await Interruption.cancellable { try await perform() }
    }

    @_optimize(none)
    private func perform() async throws {
        let asked = options.methods.joined(separator: ", ")
        if let methods = AnalysisMethod.list(asked) {
            try Self.check(methods, asked: true, at: SourceLocation(file: "--method \(asked)"))
        }
        let opened = try options.open(models: model)
        // What cannot be written is found before the work.
        if let output { try OutputPlace.make(output) }
        let lock = try output.map { try OutputPlace.lock(folder: $0) }
        for (plan, settings) in opened.models { try Self.check(settings.methods, asked: false, at: plan.source) }
        let standard = AtlasSet.installed()
        let others = try opened.project.atlases.map { try LabelAtlas(image: $0.image, table: $0.labels) }
        // By their names in the plan.
        let atlases =
            [standard.anatomy, standard.brodmann].compactMap { atlas in atlas.map { ($0.name, $0) } }
            + zip(opened.project.atlases.map(\.name), others)
        let progress = TerminalProgress(isQuiet: options.quiet)
        var models: [ExtractionTables.Model] = []
        var refusals: [InputError] = []
        for (number, (plan, settings)) in opened.models.enumerated() {
            progress.model(
                opened.models.count > 1 ? .init(plan.name, number + 1, of: opened.models.count) : nil)
            var settings = settings
            // Places need no corrected p.
            settings.permutations = 0
            settings.relocations = 0
            let analysis = SeedBasedAnalysis(
                space: try AnalysisSpace(settings: settings), settings: settings, workers: options.workers,
                progress: progress)
            let (experiments, _) = try opened.project.design(of: plan, settings: settings)
            // Where first: what is wrong there should not wait for the analysis.
            var asked = try self.places(in: analysis.space.mask, atlases, standard)
            try addClusters(of: plan.name, settings: settings, in: analysis.space.mask, to: &asked)
            refusals += asked.refusals.filter { !refusals.contains($0) }
            let estimator = HeterogeneityEstimator(settings.pooling)
            guard peaks || !asked.places.isEmpty else {
                models.append(
                    ExtractionTables.Model(
                        name: plan.name, estimator: estimator, places: [], outside: asked.outside))
                continue
            }
            var places = asked.places
            let prepared = try await analysis.prepare(plan, experiments: experiments)
            if peaks { places += try await peaks(of: analysis, prepared) }
            models.append(
                ExtractionTables.Model(
                    name: plan.name, estimator: estimator,
                    places: try await analysis.effects(of: prepared, at: places), design: prepared.design,
                    outside: asked.outside))
        }
        if models.allSatisfy(\.places.isEmpty), let all = InputError(all: refusals) { throw all }
        let tables = ExtractionTables(models, names: PlaceNamer(standard, others: others))
        if let output {
            let files = try tables.write(to: output)
            withExtendedLifetime(lock) {}
            try StandardOutput.print("\(output): \(files.joined(separator: ", "))")
        } else {
            let texts = [tables.places, tables.experiments].map(\.text) + (tables.coefficients.map { [$0.text] } ?? [])
            try StandardOutput.print(texts.joined(separator: "\n"), terminator: "")
        }
        // After the tables, so that it does not scroll away.
        guard !refusals.isEmpty else { return }
        for refusal in refusals { Failure.complain("cuneus: \(refusal)") }
        throw ExitCode(Failure.inputCode)
    }

    private func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// What was asked for: what the mask holds of it, and what lies outside.
    private struct Asked {
        var places: [Place] = []
        var outside: [ExtractionTables.Outside] = []
        /// Why what was asked for is not given.
        var refusals: [InputError] = []
    }

    /// A run without clusters of one model does not end the others.
    private func addClusters(of model: String, settings: Settings, in mask: Mask, to asked: inout Asked) throws {
        guard let clusters else { return }
        var image = clusters
        if isFolder(clusters) {
            do throws(InputError) {
                image = try ClusterImage.path(in: clusters, of: model)
            } catch {
                asked.refusals.append(error)
                return
            }
        }
        asked.places += try Place.clusters(
            image, in: mask, connectivity: Connectivity(rawValue: settings.connectivity) ?? .edges)
    }

    /// - Throws: for what names nothing (an unknown region, an image that cannot be read or has no voxel in the mask). A coordinate
    ///   or a region outside the mask does not end the rest.
    private func places(in space: Mask, _ atlases: [(name: String, atlas: LabelAtlas)], _ standard: AtlasSet) throws
        -> Asked
    {
        var asked = Asked()
        for mni in at.map(\.mni) {
            do throws(InputError) {
                if let radius {
                    asked.places.append(try Place.sphere(at: mni, radius: radius, in: space))
                } else {
                    asked.places.append(try Place.at(mni, in: space))
                }
            } catch {
                let name = radius.map { Place.name(mni, radius: $0) } ?? Place.name(mni)
                asked.outside.append(ExtractionTables.Outside(name: name, coordinate: mni))
                asked.refusals.append(error)
            }
        }
        asked.places += try mask.map { try Place.image($0, in: space) }
        for name in region {
            let parts = name.split(separator: ":", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw InputError(
                    "'\(name)' names no region.", remedy: "Write atlas:label, such as 'AAL:Left amygdala'.")
            }
            guard let atlas = atlases.first(where: { $0.name.lowercased() == parts[0].lowercased() }) else {
                let known = atlases.map(\.name).joined(separator: ", ")
                throw InputError(
                    "there is no atlas '\(parts[0])'.",
                    remedy: known.isEmpty ? standard.notice ?? "Name one in cuneus.yaml." : "There are: \(known).")
            }
            let region = try Place.named(parts[1], in: atlas.atlas)
            do throws(InputError) {
                asked.places.append(try Place.region(region, of: atlas.atlas, in: space))
            } catch {
                let name = "\(atlas.atlas.name): \(region.name)"
                asked.outside.append(ExtractionTables.Outside(name: name, coordinate: nil))
                asked.refusals.append(error)
            }
        }
        return asked
    }

    /// The highest voxel of every cluster of the model's tables.
    private func peaks(of analysis: SeedBasedAnalysis, _ model: PreparedModel) async throws -> [Place] {
        let result = try await analysis.run(model)
        return result.exploratoryClusters().enumerated().compactMap { number, cluster in
            cluster.peaks.first.map {
                Place(voxel: $0.position, in: result.maps.mask, name: "cluster \(number + 1)")
            }
        }
    }
}
