import Cuneus
import Foundation

/// Every file that a run of a project reads, for a copy that is read in its place.
struct ProjectFiles {
    private(set) var paths: [String] = []

    /// - Parameters:
    ///   - opened: with the settings of its models.
    ///   - inputs: as given on the command line.
    init(_ opened: AnalysisOptions.Opened, inputs: [String]) throws {
        let project = opened.project
        paths += project.inputFiles
        paths += [project.outcomesFile].compactMap { $0 }
        for atlas in project.atlases + project.outcomeEntries.compactMap(\.atlas) {
            add(image: atlas.image)
            paths += [atlas.labels ?? LabelAtlas.tableBeside(atlas.image)].compactMap { $0 }
        }
        for region in project.regions { add(region.extent) }
        for (_, settings) in opened.models {
            for key in SettingKey.files {
                if let path = settings.file(of: key) { add(imageOrProject: path) }
            }
        }
        try addClaims(project, inputs: inputs)
        // Some are named for their columns only where they are there.
        paths = paths.filter { Path.exists($0) }
    }

    private mutating func add(image path: String) { paths += ImageFileName.files(of: path) }

    private mutating func add(_ extent: RegionHypothesis.Extent?) {
        if case .mask(let path) = extent { add(image: path) }
    }

    /// A folder of other studies is taken whole: which of its files count is its reader's to say.
    private mutating func add(imageOrProject path: String) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            return add(image: path)
        }
        for name in FileManager.default.enumerator(atPath: path)?.compactMap({ $0 as? String }) ?? [] {
            let file = Path.join(path, name)
            if (try? AtomicFile.size(of: file)) != nil { paths.append(file) }
        }
    }

    private mutating func addClaims(_ project: Project, inputs: [String]) throws {
        guard inputs.count == 1 else { return }
        let path = ProjectClaims.ledgerPath(of: inputs[0])
        guard Path.exists(path) else { return }
        let ledger = try ClaimsReader.read(path, for: project).ledger
        paths += ledger.files
        for region in ledger.claims.flatMap(\.regions) { add(region.extent) }
    }
}
