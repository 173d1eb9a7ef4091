import Evidence
import Formats
import Foundation
public import Imaging
import PrimaryStudy

extension ResultFolder {
    /// Writes a study: maps with their sidecars, tables, `report.html` and, last, `run.json`.
    ///
    /// - Parameter template: behind the slices.
    /// - Returns: the record.
    @discardableResult
    public func write(
        _ result: StudyResult, machine: MachineRecord, template: Volume?
    ) throws -> StudyRecord {
        try begin(machine)
        var files: [ContentHash] = []
        func add(_ name: String) throws(ReportingError) {
            files.append(try ContentHash(of: name, at: "\(path)/\(name)"))
        }
        if !result.isRegional {
            let maps = StudyMaps(result: result).all
            let grid = result.mask.grid
            @Sendable func name(_ map: ResultMap) -> String {
                naming(map.name, model: "study", method: "permutation", grid: grid)
            }
            for (map, image) in zip(maps, try write(maps, mask: result.mask, name: name)) {
                files.append(image)
                try add("\(name(map)).json")
            }
        }
        for (name, table) in StudyTables(result: result).files {
            try write(text: table.text, to: name)
            try add(name)
        }
        var inputs: [ContentHash] = []
        for file in result.inputFiles { inputs.append(try ContentHash(of: file)) }
        var machine = machine
        machine.finish()
        let record = StudyRecord(result, inputs: inputs, files: files, machine: machine)
        try write(text: StudyReport(result, record: record, template: template).html, to: "report.html")
        try write(json: record, to: "run.json", isDurable: true)
        unlink("\(path)/run.partial.json")
        return record
    }
}
