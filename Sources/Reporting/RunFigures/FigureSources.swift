import Evidence
import Figures
import Imaging
import Synchronization

/// What several figures of a run are made of, read or made once: several threads may draw at a time.
final class FigureSources: Sendable {
    private struct Key: Hashable {
        var model: String
        var method: String?
        var map: String?
    }

    private let archive: RunArchive
    private let template: Volume?
    private let maps = Mutex<[Key: ShownMap]>([:])
    private let plots = Mutex<[String: [FindingPlots.Plot]?]>([:])
    private let anatomy = Mutex<Background?>(nil)

    init(_ archive: RunArchive, template: Volume?) {
        self.archive = archive
        self.template = template
    }

    /// As ``ShownMap`` reads it.
    func map(_ model: RunArchive.Model, method: String?, name: String?) throws -> ShownMap {
        // The lock is held while it is read: who asks for the same meanwhile would read it too.
        try maps.withLock { maps in
            let key = Key(model: model.folder, method: method, map: name)
            if let map = maps[key] { return map }
            let map = try ShownMap(archive, model, method: method, name: name)
            maps[key] = map
            return map
        }
    }

    /// The plots that the run kept of a model's findings; nil where it kept none.
    func plots(of model: RunArchive.Model) -> [FindingPlots.Plot]? {
        plots.withLock { plots in
            if let known = plots[model.folder] { return known }
            let read = archive.plots(of: model)
            plots[model.folder] = .some(read)
            return read
        }
    }

    /// Behind slices: the T1, or the mask where there is none.
    func anatomy(_ mask: Mask) -> Background {
        guard let template else { return Background(nil, mask: mask) }
        return anatomy.withLock { anatomy in
            if let anatomy { return anatomy }
            let made = Background(template, mask: mask)
            anatomy = made
            return made
        }
    }
}
